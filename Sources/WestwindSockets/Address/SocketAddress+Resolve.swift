internal import CWestwindLinux
internal import SystemPackage
internal import WestwindPlatform

/// Why a name has no address. The text is the resolver's own.
public struct ResolutionError: Error, Sendable, Hashable, CustomStringConvertible {
  public var host: String
  public var reason: String

  package init(host: String, reason: String) {
    self.host = host
    self.reason = reason
  }

  public var description: String {
    "cannot find the address of \(host): \(reason)"
  }
}

extension SocketAddress {
  /// Finds the addresses of a host, numeric or by name. It blocks for as long as the resolver takes.
  ///
  /// - Returns: at least one, in the order of the resolver's preference.
  ///
  /// The corresponding C function is `getaddrinfo`.
  public static func resolve(host: String, port: UInt16) throws(ResolutionError) -> [SocketAddress] {
    guard !host.utf8.contains(0) else { throw ResolutionError(host: host, reason: "it has NUL in it") }
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(host, String(port), &hints, &list)
    guard status == 0 else {
      let error = Errno(rawValue: errno)
      let reason = status == EAI_SYSTEM ? error.description : unsafe String(cString: gai_strerror(status))
      throw ResolutionError(host: host, reason: reason)
    }
    defer { unsafe freeaddrinfo(list) }
    // Sound: the list is the resolver's, and is read before it is freed.
    var addresses: [SocketAddress] = []
    var entry = unsafe list
    while let current = unsafe entry {
      if let address = unsafe SocketAddress(copying: current.pointee.ai_addr, length: current.pointee.ai_addrlen) {
        addresses.append(address)
      }
      unsafe entry = current.pointee.ai_next
    }
    guard !addresses.isEmpty else { throw ResolutionError(host: host, reason: "the resolver gave none") }
    return addresses
  }
}
