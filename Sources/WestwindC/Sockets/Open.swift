// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import CWestwind
internal import CWestwindLinux
internal import SystemPackage
internal import WestwindPlatform
internal import WestwindSockets
internal import WestwindTLS

@c @implementation
public func zsock_socket(_ family: CInt, _ type: CInt, _ proto: CInt) -> CInt {
  outcome { () throws(Errno) in
    switch proto {
    case IPPROTO_TLS_1_0, IPPROTO_TLS_1_1, IPPROTO_TLS_1_2: try openTLS(family, type, .tls1_2)
    case IPPROTO_TLS_1_3: try openTLS(family, type, .tls1_3)
    case IPPROTO_DTLS_1_0, IPPROTO_DTLS_1_2: throw .protocolNotSupported
    default: try noted(systemCall { socket(family, type | CInt(SOCK_CLOEXEC.rawValue), proto) })
    }
  }
}

/// Tells the library of a number that the kernel has just given.
func noted(_ number: CInt) -> CInt {
  Layers.noteOpened(number)
  return number
}

private func openTLS(_ family: CInt, _ type: CInt, _ oldest: TLSVersion) throws(Errno) -> CInt {
  let flags = type & CInt(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
  guard type & ~flags == CInt(SOCK_STREAM.rawValue) else { throw .protocolNotSupported }
  guard let family: AddressFamily = family == AF_INET ? .ipv4 : family == AF_INET6 ? .ipv6 : nil else {
    throw .addressFamilyNotSupported
  }
  let socket: SocketDescriptor
  do throws(TLSError) {
    socket = try SocketDescriptor.open(family, .stream, oldest)
  } catch {
    throw error.errno
  }
  if flags & CInt(SOCK_NONBLOCK.rawValue) != 0 { try socket.setNonBlocking(true) }
  return socket.rawValue
}

@c @implementation
public func zsock_socketpair(_ family: CInt, _ type: CInt, _ proto: CInt, _ sv: UnsafeMutablePointer<CInt>?) -> CInt {
  // Sound: the program gives room for two numbers, as `socketpair` asks.
  outcome { () throws(Errno) in
    let status = try systemCall { unsafe socketpair(family, type | CInt(SOCK_CLOEXEC.rawValue), proto, sv) }
    if let sv = unsafe sv { _ = unsafe (noted(sv[0]), noted(sv[1])) }
    return status
  }
}

@c @implementation
public func zsock_close(_ sock: CInt) -> CInt {
  outcome { () throws(Errno) in
    try SocketDescriptor(rawValue: sock).close()
    return 0
  }
}

@c @implementation
public func zsock_shutdown(_ sock: CInt, _ how: CInt) -> CInt {
  outcome { () throws(Errno) in
    let direction: ShutdownKind
    switch how {
    case ZSOCK_SHUT_RD: direction = .read
    case ZSOCK_SHUT_WR: direction = .write
    case ZSOCK_SHUT_RDWR: direction = .readWrite
    default: throw .invalidArgument
    }
    try SocketDescriptor(rawValue: sock).shutdown(direction)
    return 0
  }
}
