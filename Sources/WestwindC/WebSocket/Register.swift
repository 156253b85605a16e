// swift-format-ignore-file: AlwaysUseLowerCamelCase

internal import CWestwind
internal import Westwind
internal import WestwindSockets

@c @implementation
public func websocket_register(
  _ http_sock: CInt, _ recv_buf: UnsafeMutablePointer<UInt8>?, _ recv_buf_len: Int
) -> CInt {
  outcome(of: .register) { () throws(WebSocketError) in
    guard http_sock >= 0, unsafe recv_buf != nil else { throw .invalidArgument(.emptyBuffer) }
    var options = WebSocketOptions.zephyr
    // Sound: the program keeps the memory for the connection.
    unsafe options.lend(recv_buf, recv_buf_len)
    return try websocketRegister(SocketDescriptor(rawValue: http_sock), options: options).rawValue
  }
}
