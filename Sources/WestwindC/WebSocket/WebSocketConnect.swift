// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import Westwind
internal import WestwindPlatform
internal import WestwindSockets

@c @implementation
public func websocket_connect(
  _ http_sock: CInt, _ req: UnsafeMutablePointer<websocket_request>?, _ timeout: Int32,
  _ user_data: UnsafeMutableRawPointer?
) -> CInt {
  guard http_sock >= 0, let req = unsafe req?.pointee, unsafe req.host != nil, unsafe req.url != nil else {
    return -EINVAL
  }
  return outcome(of: .connect) { () throws(WebSocketError) in
    // Sound: the program keeps what the request points to for the call, and `tmp_buf` for the connection.
    let handshake = unsafe Handshake(req, socket: http_sock, userData: user_data)
    do throws(WebSocketError) {
      guard unsafe req.tmp_buf != nil else { throw .aborted }
      return try websocketConnect(
        SocketDescriptor(rawValue: http_sock), handshake.request(), timeout: Timeout(milliseconds: timeout)
      ).rawValue
    } catch {
      // The program's own number goes back to it.
      if case .refused = error, let refusal = handshake.refusal { return refusal }
      throw error
    }
  }
}
