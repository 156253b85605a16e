// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage
public import WestwindPlatform
internal import WestwindSockets

// Sound in all: the program gives the number of bytes with their pointer, and they are read during the call only.

@c @implementation
public func zsock_sendto(
  _ sock: CInt, _ buf: UnsafeRawPointer?, _ len: Int, _ flags: CInt, _ dest_addr: UnsafePointer<sockaddr>?,
  _ addrlen: socklen_t
) -> Int {
  outcome { () throws(Errno) in
    let socket = SocketDescriptor(rawValue: sock)
    // The kernel checks what is given to it.
    guard socket.layer != nil else {
      return try systemCall { unsafe sendto(sock, buf, len, flags | CInt(MSG_NOSIGNAL), dest_addr, addrlen) }
    }
    guard len >= 0 else { throw .invalidArgument }
    guard unsafe buf != nil || len == 0 else { throw .badAddress }
    return try unsafe socket.send(
      RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: buf, count: buf == nil ? 0 : len)),
      flags: MessageFlags(rawValue: flags))
  }
}

@c @implementation
public func zsock_send(_ sock: CInt, _ buf: UnsafeRawPointer?, _ len: Int, _ flags: CInt) -> Int {
  unsafe zsock_sendto(sock, buf, len, flags, nil, 0)
}

@c @implementation
public func westwind_write(_ sock: CInt, _ buf: UnsafeRawPointer?, _ len: Int) -> Int {
  guard SocketDescriptor(rawValue: sock).layer == nil else { return unsafe zsock_sendto(sock, buf, len, 0, nil, 0) }
  // A file, or a pipe, too, whose SIGPIPE is the program's.
  return outcome { () throws(Errno) in try systemCall { unsafe write(sock, buf, len) } }
}

@c @implementation
public func zsock_sendmsg(_ sock: CInt, _ msg: UnsafePointer<msghdr>?, _ flags: CInt) -> Int {
  outcome { () throws(Errno) in
    let socket = SocketDescriptor(rawValue: sock)
    guard socket.layer != nil else {
      return try systemCall { unsafe sendmsg(sock, msg, flags | CInt(MSG_NOSIGNAL)) }
    }
    guard let msg = unsafe msg else { throw .badAddress }
    return try unsafe socket.sendmsg(msg.pointee.parts(), flags: MessageFlags(rawValue: flags))
  }
}
