internal import CWestwind
internal import SystemPackage
internal import WebSocketProtocol
internal import Westwind
internal import WestwindPlatform
internal import WestwindSockets

/// One call of `websocket_connect`: what is asked for, and the structure that its callbacks see.
///
/// Sound as a whole: all pointers are the program's and are valid during the call, which this object does not outlive; but
/// `tmp_buf`, which the program keeps for the connection. The callbacks are called on the thread of the call, one at a time.
@safe final class Handshake {
  private let callbacks: websocket_request
  private let userData: UnsafeMutableRawPointer?
  private var shown = unsafe http_request()
  /// What `cb` said, where it refused.
  private(set) var refusal: CInt?

  init(_ request: websocket_request, socket: CInt, userData: UnsafeMutableRawPointer?) {
    unsafe callbacks = request
    unsafe self.userData = userData
    unsafe shown.internal.sock = socket
    unsafe shown.internal.user_data = userData
    unsafe shown.http_cb = request.http_cb
    unsafe shown.recv_buf = request.tmp_buf
    unsafe shown.recv_buf_len = request.tmp_buf_len
    unsafe shown.url = request.url
    unsafe shown.host = request.host
    unsafe shown.optional_headers_cb = request.optional_headers_cb
    unsafe shown.optional_headers = request.optional_headers
  }

  /// The same in Swift.
  func request() throws(WebSocketError) -> WebSocketRequest {
    var request = WebSocketRequest(
      host: try unsafe text(callbacks.host) { .badHost($0) }, url: try unsafe text(callbacks.url) { .badTarget($0) })
    request.options = .zephyr
    unsafe request.options.lend(callbacks.tmp_buf, callbacks.tmp_buf_len)
    if let write = unsafe callbacks.optional_headers_cb {
      request.optionalHeadersCallback = { [self] socket throws(Errno) in
        // With MQTT the socket was not there before.
        unsafe shown.internal.sock = socket.rawValue
        let written = unsafe write(socket.rawValue, &shown, userData)
        guard written >= 0 else { throw Errno(negative: written) }
        return Int(written)
      }
    } else {
      request.optionalHeaders = try headerLines()
    }
    request.onResponse = { [self] in tell($0) }
    if let accept = unsafe callbacks.cb {
      request.onConnect = { [self] ws, _ in
        if let socket = ws.socketBelow { unsafe shown.internal.sock = socket.rawValue }
        let answer = unsafe accept(ws.rawValue, &shown, userData)
        guard answer < 0 else { return }
        refusal = answer
        throw Errno(negative: answer)
      }
    }
    return request
  }

  /// Up to the NULL behind the last.
  private func headerLines() throws(WebSocketError) -> [String] {
    guard var next = unsafe callbacks.optional_headers else { return [] }
    var lines: [String] = []
    while let line = unsafe next.pointee {
      lines.append(try unsafe text(line) { .badFieldValue(name: $0) })
      unsafe next += 1
    }
    return lines
  }

  /// A string of the program's. One that is not UTF-8 is refused, since it would be another in the request.
  private func text(
    _ string: UnsafePointer<CChar>, otherwise: ([UInt8]) -> HandshakeTextError
  ) throws(WebSocketError) -> String {
    guard let text = unsafe String(validatingCString: string) else {
      let bytes = unsafe Array(UnsafeRawBufferPointer(start: string, count: strlen(string)))
      throw .invalidArgument(.handshakeText(otherwise(bytes)))
    }
    return text
  }

  private func tell(_ response: HandshakeResponse) {
    unsafe shown.internal.response.take(response)
    unsafe withUnsafeMutablePointer(to: &shown) { shown in
      unsafe shown.pointee.internal.parser.take(response)
      unsafe shown.pointee.internal.parser.data = UnsafeMutableRawPointer(shown)
      guard let settings = unsafe callbacks.http_cb?.pointee else { return }
      unsafe withUnsafeMutablePointer(to: &shown.pointee.internal.parser) { parser in
        unsafe settings.tell(response, by: parser)
      }
    }
  }
}
