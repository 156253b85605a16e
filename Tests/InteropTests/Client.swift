import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestCertificates
import WestwindTestPeer
import WestwindTestSupport

/// Runs `body` with a WebSocket to a peer, then closes it properly and the TCP socket with it. To a peer with TLS it
/// connects by URL.
func withConnection(
  to peer: Peer, options: WebSocketOptions = WebSocketOptions(),
  _ body: (WebSocketDescriptor) throws -> Void
) throws {
  if let certificate = peer.certificate {
    return try withSecureConnection(to: "wss://localhost:\(peer.port)/", certificate, options, body)
  }
  let socket = try SocketDescriptor.open(.ipv4)
  defer { try? socket.close() }
  try socket.connect(to: .loopback(port: peer.port), timeout: patience)
  var request = WebSocketRequest(host: "127.0.0.1:\(peer.port)", url: "/")
  request.options = options
  let connection = try websocketConnect(socket, request, timeout: patience)
  do {
    try body(connection)
  } catch {
    _ = try? websocketDisconnect(connection, timeout: .seconds(1))
    throw error
  }
  try websocketDisconnect(connection, timeout: patience)
}

private func withSecureConnection(
  to url: String, _ certificate: TestCertificate, _ options: WebSocketOptions,
  _ body: (WebSocketDescriptor) throws -> Void
) throws {
  var how = ConnectOptions()
  how.proxy = .none
  how.tls = certificate.client
  var request = WebSocketRequest()
  request.options = options
  let connection = try websocketConnect(url: url, request: request, options: how, timeout: patience)
  do {
    try body(connection.descriptor)
  } catch {
    _ = try? connection.close(timeout: .seconds(1))
    throw error
  }
  try connection.close(code: .normal, timeout: patience)
}

extension WebSocketDescriptor {
  /// Sends a message in its frames.
  func send(_ message: Message) throws {
    let payload = message.payload
    try payload.withUnsafeBytes { payload in
      var offset = 0
      for (index, size) in message.frameSizes.enumerated() {
        let sent = try sendMsg(
          UnsafeRawBufferPointer(rebasing: payload[offset..<offset + size]),
          opcode: index > 0 ? .continuation : message.isText ? .text : .binary,
          final: index == message.frameSizes.count - 1, timeout: patience)
        guard sent == size else {
          throw TestSupportError("message \(message.number): \(sent) of \(size) bytes sent")
        }
        offset += size
      }
    }
  }

  /// Receives a message by `recvMsg` into `buffer`, piece by piece, and checks what each call says of it.
  func receivePieces(into buffer: UnsafeMutableRawBufferPointer) throws -> (payload: [UInt8], isText: Bool) {
    var payload: [UInt8] = []
    var frameLeft: UInt64?
    while true {
      let piece = try recvMsg(into: buffer, timeout: patience)
      payload += buffer[..<piece.count]
      if let frameLeft, frameLeft != UInt64(piece.count) + piece.remaining {
        throw TestSupportError("\(frameLeft) remaining, then \(piece.count) with \(piece.remaining) remaining")
      }
      guard piece.isText != piece.isBinary else { throw TestSupportError("unexpected type \(piece.type)") }
      if piece.remaining == 0 && piece.isFinal { return (payload, piece.isText) }
      frameLeft = piece.remaining > 0 ? piece.remaining : nil
    }
  }

  /// Receives the echo of a message and says what is wrong with it, if anything.
  func mismatch(of message: Message, buffer: UnsafeMutableRawBufferPointer) throws -> String? {
    let payload: [UInt8]
    let isText: Bool
    if message.number % 3 == 0 {
      switch try receiveMessage(maxSize: 1 << 20, timeout: patience) {
      case .text(let text): (payload, isText) = (Array(text.utf8), true)
      case .binary(let bytes): (payload, isText) = (bytes, false)
      case let other: return "message \(message.number) came back as \(other)"
      }
    } else {
      (payload, isText) = try receivePieces(into: buffer)
    }
    if isText != message.isText { return "message \(message.number) came back with another type" }
    return difference(payload, message.payload).map { "message \(message.number): \($0)" }
  }
}

/// A receive buffer of one test, of a size that splits large frames at odd places.
func withBuffer(_ size: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
  defer { buffer.deallocate() }
  try body(buffer)
}
