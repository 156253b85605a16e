// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage
public import WestwindPlatform
internal import WestwindSockets

// Sound in both: the program says how much room there is at its pointers, and no more is written.

@c @implementation
public func zsock_recvfrom(
  _ sock: CInt, _ buf: UnsafeMutableRawPointer?, _ max_len: Int, _ flags: CInt,
  _ src_addr: UnsafeMutablePointer<sockaddr>?, _ addrlen: UnsafeMutablePointer<socklen_t>?
) -> Int {
  outcome { () throws(Errno) in
    let socket = SocketDescriptor(rawValue: sock)
    guard socket.layer != nil else {
      return try systemCall { unsafe recvfrom(sock, buf, max_len, flags, src_addr, addrlen) }
    }
    guard unsafe buf != nil || max_len == 0 else { throw .badAddress }
    guard max_len >= 0 else { throw .invalidArgument }
    var room = unsafe OutputRawSpan(
      buffer: UnsafeMutableRawBufferPointer(start: buf, count: max_len), initializedCount: 0)
    let count = try socket.recv(into: &room, flags: MessageFlags(rawValue: flags))
    unsafe socket.tellPeer(src_addr, addrlen)
    return count
  }
}

@c @implementation
public func zsock_recv(_ sock: CInt, _ buf: UnsafeMutableRawPointer?, _ max_len: Int, _ flags: CInt) -> Int {
  unsafe zsock_recvfrom(sock, buf, max_len, flags, nil, nil)
}

@c @implementation
public func westwind_read(_ sock: CInt, _ buf: UnsafeMutableRawPointer?, _ len: Int) -> Int {
  guard SocketDescriptor(rawValue: sock).layer == nil else { return unsafe zsock_recvfrom(sock, buf, len, 0, nil, nil) }
  return outcome { () throws(Errno) in try systemCall { unsafe read(sock, buf, len) } }
}

@c @implementation
public func zsock_recvmsg(_ sock: CInt, _ msg: UnsafeMutablePointer<msghdr>?, _ flags: CInt) -> Int {
  outcome { () throws(Errno) in
    let socket = SocketDescriptor(rawValue: sock)
    guard socket.layer != nil else { return try systemCall { unsafe recvmsg(sock, msg, flags) } }
    guard let msg = unsafe msg else { throw .badAddress }
    let parts = try unsafe msg.pointee.parts()
    let metadata = try unsafe socket.recvmsg(into: parts, flags: MessageFlags(rawValue: flags))
    unsafe msg.pointee.tell(metadata)
    if unsafe msg.pointee.msg_name != nil {
      // Sound: the name's memory is for an address, and its length is written back.
      let name = unsafe msg.pointee.msg_name.assumingMemoryBound(to: sockaddr.self)
      unsafe socket.tellPeer(name, &msg.pointee.msg_namelen)
    }
    return metadata.count
  }
}
