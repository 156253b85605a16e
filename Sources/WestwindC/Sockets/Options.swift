// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage
internal import WestwindPlatform
internal import WestwindSockets
internal import WestwindTLS

// Sound in both: the program gives the length of the value's memory with its pointer.

@c @implementation
public func zsock_setsockopt(
  _ sock: CInt, _ level: CInt, _ optname: CInt, _ optval: UnsafeRawPointer?, _ optlen: socklen_t
) -> CInt {
  outcome { () throws(Errno) in
    let socket = SocketDescriptor(rawValue: sock)
    let value = unsafe UnsafeRawBufferPointer(start: optval, count: optval == nil ? 0 : Int(optlen))
    guard socket.layer != nil else {
      let status = try systemCall { unsafe setsockopt(sock, level, optname, optval, optlen) }
      unsafe socket.tellLayers(level: level, name: optname, value: RawSpan(_unsafeBytes: value))
      return status
    }
    guard level == TLSSocketOption.level else {
      try unsafe socket.setsockopt(level: level, name: optname, value: RawSpan(_unsafeBytes: value))
      return 0
    }
    if optname == TLS_CERT_VERIFY_CALLBACK {
      guard unsafe value.count == MemoryLayout<tls_cert_verify_cb>.size else { throw .invalidArgument }
      try unsafe socket.setTLSVerifier(value.loadUnaligned(as: tls_cert_verify_cb.self).verifier)
    } else if optname == TLSSocketOption.hostName.rawValue {
      // NULL, and nothing else, says that any name will do.
      if unsafe optval != nil {
        try unsafe socket.setsockopt(level: level, name: optname, value: RawSpan(_unsafeBytes: value))
      }
      let isVerified: CInt = unsafe optval == nil ? 0 : 1
      try socket.setsockopt(level: level, name: TLSSocketOption.verifiesHostName.rawValue, value: isVerified)
    } else if optname == TLSSocketOption.applicationProtocolList.rawValue {
      let names = try unsafe joinedNames(value)
      // Sound: bytes have no padding.
      try unsafe socket.setsockopt(level: level, name: optname, value: names.span.bytes)
    } else {
      try unsafe socket.setsockopt(level: level, name: optname, value: RawSpan(_unsafeBytes: value))
    }
    return 0
  }
}

@c @implementation
public func zsock_getsockopt(
  _ sock: CInt, _ level: CInt, _ optname: CInt, _ optval: UnsafeMutableRawPointer?,
  _ optlen: UnsafeMutablePointer<socklen_t>?
) -> CInt {
  outcome { () throws(Errno) in
    guard let layer = SocketDescriptor(rawValue: sock).layer else {
      return try systemCall { unsafe getsockopt(sock, level, optname, optval, optlen) }
    }
    guard let optval = unsafe optval, let optlen = unsafe optlen else { throw .badAddress }
    guard level != TLSSocketOption.level || optname != TLSSocketOption.applicationProtocolList.rawValue else {
      return try unsafe getNames(layer, optval, &optlen.pointee)
    }
    var value = unsafe OutputRawSpan(
      buffer: UnsafeMutableRawBufferPointer(start: optval, count: Int(optlen.pointee)), initializedCount: 0)
    try layer.getOption(level: level, name: optname, into: &value)
    unsafe optlen.pointee = socklen_t(value.byteCount)
    return 0
  }
}

/// The names of the list as an array of C strings, as many as there is room for.
private func getNames(
  _ layer: any SocketOperations, _ place: UnsafeMutableRawPointer, _ length: inout socklen_t
) throws(Errno) -> CInt {
  let size = unsafe MemoryLayout<UnsafePointer<CChar>>.size
  guard length > 0, Int(length).isMultiple(of: size) else { throw .invalidArgument }
  var bytes: [UInt8] = []
  // As long as the extension can be, and a NUL for each name's length there (RFC 7301 3.1).
  try bytes.append(addingCapacity: 0xFFFF) { (out) throws(Errno) in
    // Sound: any byte is a UInt8, and what was written there counts.
    try unsafe out.withUnsafeMutableBufferPointer { (buffer, count) throws(Errno) in
      var value = unsafe OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      try layer.getOption(
        level: TLSSocketOption.level, name: TLSSocketOption.applicationProtocolList.rawValue, into: &value)
      count = value.byteCount
    }
  }
  let names = bytes.split(separator: 0).prefix(Int(length) / size)
  for (i, name) in names.enumerated() {
    // Sound: within the length that the program gave.
    let pointer = unsafe ProtocolNames.pointer(to: Array(name))
    unsafe place.storeBytes(of: pointer, toByteOffset: i * size, as: UnsafePointer<CChar>.self)
  }
  length = socklen_t(names.count * size)
  return 0
}

/// Zephyr's array of C strings as the option has them in Swift: each with a NUL behind it.
private func joinedNames(_ value: UnsafeRawBufferPointer) throws(Errno) -> [UInt8] {
  let size = unsafe MemoryLayout<UnsafePointer<CChar>?>.size
  guard value.count.isMultiple(of: size) else { throw .invalidArgument }
  var names: [UInt8] = []
  for offset in stride(from: 0, to: value.count, by: size) {
    // Sound: in bounds, and the program says that these are strings.
    guard let name = unsafe value.loadUnaligned(fromByteOffset: offset, as: UnsafePointer<CChar>?.self) else { break }
    unsafe names.append(contentsOf: UnsafeRawBufferPointer(start: name, count: strlen(name)))
    names.append(0)
  }
  return names
}
