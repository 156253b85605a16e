// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import CWestwind
internal import Westwind
internal import WestwindSockets

@c @implementation
public func websocket_recv_msg(
  _ ws_sock: CInt, _ buf: UnsafeMutablePointer<UInt8>?, _ buf_len: Int,
  _ message_type: UnsafeMutablePointer<UInt32>?, _ remaining: UnsafeMutablePointer<UInt64>?, _ timeout: Int32
) -> CInt {
  outcome(of: .receive) { () throws(WebSocketError) in
    guard let buf = unsafe buf, buf_len != 0 else { throw .invalidArgument(.emptyBuffer) }
    // Sound: the program says how much room there is. What is received has to fit the number that is returned.
    let room = unsafe UnsafeMutableRawBufferPointer(start: buf, count: Int(UInt(bitPattern: buf_len).clamped))
    let message = try unsafe WebSocketDescriptor(rawValue: ws_sock).recvMsg(
      into: room, timeout: Timeout(milliseconds: timeout))
    unsafe message_type?.pointee = message.type.rawValue
    unsafe remaining?.pointee = message.remaining
    return CInt(message.count)
  }
}

extension UInt {
  /// As much of a `size_t` as an `int` can say.
  fileprivate var clamped: CInt { CInt(clamping: self) }
}
