package import CWestwindLinux
internal import SystemPackage
internal import WestwindPlatform

/// An address of a socket: IPv4, IPv6, or a path.
public struct SocketAddress: Sendable, Hashable {
  /// The C structure's bytes, as many as the kernel counts.
  private var bytes: [UInt8]

  /// A numeric IPv4 address such as `127.0.0.1`; nil where the text is none.
  public static func ipv4(_ text: String, port: UInt16) -> SocketAddress? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    // Sound: inet_pton writes the four bytes of the field it is given. It reads to the first NUL only.
    guard !text.utf8.contains(0), unsafe inet_pton(AF_INET, text, &address.sin_addr) == 1 else { return nil }
    return SocketAddress(copying: address)
  }

  /// A numeric IPv6 address such as `::1`, without brackets; nil where the text is none.
  ///
  /// A link-local address is one of an interface, which is named behind it: `fe80::1%eth0` (RFC 4007 11). nil too if this
  /// machine has no such interface.
  public static func ipv6(_ text: String, port: UInt16) -> SocketAddress? {
    let zone = zone(of: text)
    var address = sockaddr_in6()
    if let zone {
      guard let number = interfaceNumber(zone) else { return nil }
      address.sin6_scope_id = number
    }
    let text = withoutZone(text)
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_port = port.bigEndian
    // Sound: inet_pton writes the sixteen bytes of the field it is given. It reads to the first NUL only.
    guard !text.utf8.contains(0), unsafe inet_pton(AF_INET6, text, &address.sin6_addr) == 1 else { return nil }
    return SocketAddress(copying: address)
  }

  /// The part of a numeric IPv6 address that names an interface: what stands behind its `%`; nil if there is none.
  package static func zone(of host: String) -> String? {
    guard host.utf8.contains(UInt8(ascii: ":")), let percent = host.firstIndex(of: "%") else { return nil }
    return String(host[percent...].dropFirst())
  }

  /// A host without that part.
  package static func withoutZone(_ host: String) -> String {
    zone(of: host) == nil ? host : String(host.prefix { $0 != "%" })
  }

  /// The number of an interface that is named, or has its number for a name; nil if there is none.
  package static func interfaceNumber(_ name: String) -> UInt32? {
    guard !name.isEmpty, !name.utf8.contains(0) else { return nil }
    // Sound: the name is a C string, which is read only.
    let number = unsafe if_nametoindex(name)
    if number != 0 { return number }
    return name.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt32(name).flatMap { $0 == 0 ? nil : $0 } : nil
  }

  /// A path of the file system; nil where it is empty or longer than 107 bytes.
  public static func unix(path: String) -> SocketAddress? {
    let path = Array(path.utf8)
    var address = sockaddr_un()
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard !path.isEmpty, path.count < room, !path.contains(0) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    // Sound: the path is shorter than the field, and the rest of the field is zero.
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path) }
    // As long as the kernel tells it, with the NUL behind the path, so that it is equal to what the kernel tells.
    var whole = SocketAddress(copying: address)
    whole.bytes.removeLast(room - path.count - 1)
    return whole
  }

  /// 127.0.0.1; port 0 lets the kernel choose one at `bind`.
  public static func loopback(port: UInt16) -> SocketAddress {
    SocketAddress.ipv4("127.0.0.1", port: port)!
  }

  public var family: AddressFamily? {
    switch CInt(rawFamily) {
    case AF_INET: .ipv4
    case AF_INET6: .ipv6
    case AF_UNIX: .unix
    default: nil
    }
  }

  /// The port; nil for a path.
  public var port: UInt16? {
    // Both IP structures have the port in the two bytes behind the family, in the order of the wire.
    family == .unix || bytes.count < 4 ? nil : UInt16(bytes[2]) << 8 | UInt16(bytes[3])
  }

  /// The four or sixteen bytes of an IP address, in the order of the wire; none for a path.
  package var addressBytes: [UInt8] {
    switch family {
    case .ipv4: Array(bytes[4..<8])
    case .ipv6: Array(bytes[8..<24])
    default: []
    }
  }

  private var rawFamily: sa_family_t {
    bytes.count < 2 ? 0 : sa_family_t(littleEndian: sa_family_t(bytes[0]) | sa_family_t(bytes[1]) << 8)
  }
}

extension SocketAddress: CustomStringConvertible {
  /// `127.0.0.1:80`, `[::1]:80`, or the path.
  public var description: String {
    switch family {
    case .ipv4: "\(numericHost):\(port ?? 0)"
    case .ipv6: "[\(numericHost)]:\(port ?? 0)"
    case .unix:
      String(decoding: bytes.dropFirst(2).prefix { $0 != 0 }, as: UTF8.self)
    case nil: "address of family \(rawFamily)"
    }
  }

  /// The IP address without brackets.
  package var numericHost: String {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let status = unsafe withPointer { address, length in
      // Sound: the text's length goes with its pointer.
      unsafe text.withUnsafeMutableBufferPointer { text in
        unsafe getnameinfo(address, length, text.baseAddress, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
      }
    }
    guard status == 0 else { return "?" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension SocketAddress {
  /// Sound: the structures passed are C's own, of which any byte may be read.
  init<Address>(copying address: Address) {
    bytes = unsafe withUnsafeBytes(of: address) { unsafe Array($0) }
  }

  /// Copies what a C function lists; nil where there is nothing.
  package init?(copying address: UnsafePointer<sockaddr>?, length: socklen_t) {
    guard let address = unsafe address else { return nil }
    // Sound: the length is that of the structure behind the pointer, as the function reports it.
    bytes = unsafe Array(UnsafeRawBufferPointer(start: address, count: Int(length)))
  }

  /// An address that a system call writes.
  static func filled(
    by call: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
  ) throws(Errno) -> SocketAddress {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout.size(ofValue: storage))
    // Sound: `sockaddr_storage` has room and alignment for every address, and the length says how much.
    return try unsafe withUnsafeMutableBytes(of: &storage) { bytes -> Result<SocketAddress, Errno> in
      let address = unsafe bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
      return unsafe result(call(address, &length)).map { _ in
        unsafe SocketAddress(bytes: Array(bytes.prefix(Int(length))))
      }
    }.get()
  }

  /// Lends the C structure. Sound: its bytes go with their length, and arrays are aligned for it.
  package func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    unsafe bytes.withUnsafeBytes { bytes in
      unsafe body(bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
  }
}
