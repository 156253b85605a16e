// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import CWestwind
internal import CWestwindLinux
internal import SystemPackage
internal import WestwindPlatform
internal import WestwindSockets

@c @implementation
public func zsock_fcntl(_ sock: CInt, _ cmd: CInt, _ flags: CInt) -> CInt {
  outcome { () throws(Errno) in
    let socket = SocketDescriptor(rawValue: sock)
    // The number is the kernel's also where a layer stands behind it.
    guard socket.layer != nil, cmd != F_GETFD, cmd != F_SETFD else {
      return try systemCall { fcntl(sock, cmd, flags) }
    }
    switch cmd {
    case F_GETFL: return O_RDWR | (try socket.isNonBlocking() ? O_NONBLOCK : 0)
    case F_SETFL: try socket.setNonBlocking(flags & O_NONBLOCK != 0)
    default: throw .invalidArgument
    }
    return 0
  }
}

@c @implementation
public func westwind_fcntl(_ sock: CInt, _ cmd: CInt, _ argument: UnsafeMutableRawPointer?) -> CInt {
  // An `int` in a pointer's place, as the C library's own `fcntl` takes it.
  let flags = CInt(truncatingIfNeeded: Int(bitPattern: argument))
  guard SocketDescriptor(rawValue: sock).layer == nil, let argument = unsafe argument else {
    return zsock_fcntl(sock, cmd, flags)
  }
  // Sound: what the pointer is for is between the program and the kernel.
  return outcome { () throws(Errno) in try systemCall { unsafe fcntl(sock, cmd, argument) } }
}

@c @implementation
public func westwind_ioctl(_ sock: CInt, _ request: UInt, _ argument: UnsafeMutableRawPointer?) -> CInt {
  outcome { () throws(Errno) in
    let socket = SocketDescriptor(rawValue: sock)
    guard socket.layer != nil else {
      // Sound: what the pointer is for is between the program and the kernel.
      return try systemCall { unsafe cl_ioctl(sock, request, argument) }
    }
    guard request == UInt(FIONBIO) else { throw .notSupportedOnSocket }
    guard let argument = unsafe argument else { throw .badAddress }
    // Sound: FIONBIO's argument is an `int`.
    try socket.setNonBlocking(unsafe argument.load(as: CInt.self) != 0)
    return 0
  }
}
