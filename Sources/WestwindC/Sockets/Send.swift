// swift-format-ignore-file: AlwaysUseLowerCamelCase
public import CWestwind
public import Glibc
internal import SocketLayer
internal import SystemPackage

// Sound in all: the program gives the number of bytes with their pointer, and they are read during the call only.

@c @implementation
public func zsock_sendto(
  _ sock: CInt, _ buf: UnsafeRawPointer?, _ len: Int, _ flags: CInt, _ dest_addr: UnsafePointer<sockaddr>?,
  _ addrlen: socklen_t
) -> Int {
  outcome { () throws(Errno) in
    let socket = SocketDescriptor(rawValue: sock)
    // The kernel checks what is given to it.
    guard let layer = socket.layer else {
      return try systemCall { unsafe sendto(sock, buf, len, flags | CInt(MSG_NOSIGNAL), dest_addr, addrlen) }
    }
    guard len >= 0 else { throw .invalidArgument }
    guard let bytes = unsafe buf else {
      guard len == 0 else { throw .badAddress }
      return try layer.sendAll(RawSpan(), flags)
    }
    return try unsafe layer.sendAll(RawSpan(_unsafeStart: bytes, byteCount: len), flags)
  }
}

@c @implementation
public func zsock_sendmsg(_ sock: CInt, _ msg: UnsafePointer<msghdr>?, _ flags: CInt) -> Int {
  outcome { () throws(Errno) in
    guard let layer = SocketDescriptor(rawValue: sock).layer else {
      return try systemCall { unsafe sendmsg(sock, msg, flags | CInt(MSG_NOSIGNAL)) }
    }
    guard let msg = unsafe msg else { throw .badAddress }
    let parts = try unsafe msg.pointee.parts()
    // One part is sent where it lies; several are joined, so that a WebSocket makes one frame of them.
    guard parts.count != 1 else {
      return try unsafe layer.sendAll(RawSpan(_unsafeBytes: UnsafeRawBufferPointer(parts[0])), flags)
    }
    var joined: [UInt8] = []
    for i in parts.indices { unsafe joined.append(contentsOf: UnsafeRawBufferPointer(parts[i])) }
    return try unsafe layer.sendAll(joined.span.bytes, flags)  // sound: bytes have no padding
  }
}

extension SocketOperations {
  /// Sends as the descriptor is set, blocking or not.
  fileprivate func sendAll(_ bytes: RawSpan, _ flags: CInt) throws(Errno) -> Int {
    while true {
      do throws(Errno) {
        return try send(bytes, RawSpan(), RawSpan(), flags: MessageFlags(rawValue: flags), wait: Wait(until: nil))
      } catch {
        if error != .interrupted { throw error }
      }
    }
  }
}

extension UnsafeRawBufferPointer {
  init(_ part: iovec) {
    unsafe self.init(start: part.iov_base, count: part.iov_len)
  }
}
