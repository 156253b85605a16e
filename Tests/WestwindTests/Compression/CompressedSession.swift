import PerMessageDeflate
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// The codec with this target's frames.
extension PeerCodec {
  /// A compressed frame to send.
  func frame(_ opcode: Opcode, _ bytes: [UInt8], isFinal: Bool = true) throws -> Frame {
    Frame(
      opcode, try deflate(bytes, endsMessage: isFinal), isFinal: isFinal,
      reservedBits: opcode == .continuation ? 0 : FrameHeader.rsv1)
  }

  /// The bytes of the next message, whose frames are all compressed.
  func readMessage(from peer: RawPeer) throws -> [UInt8] {
    try readMessage {
      let frame = try peer.readFrame()
      return Part(
        opcode: frame.opcode, isFinal: frame.isFinal, reservedBits: frame.reservedBits, payload: frame.payload)
    }
  }
}

extension PerMessageDeflateParameters {
  /// A server's answer that says them, to a client that has offered as much.
  var answer: String {
    var answer = "permessage-deflate"
    if serverNoContextTakeover { answer += "; server_no_context_takeover" }
    if clientNoContextTakeover { answer += "; client_no_context_takeover" }
    if serverMaxWindowBits < 15 { answer += "; server_max_window_bits=\(serverMaxWindowBits)" }
    if clientMaxWindowBits < 15 { answer += "; client_max_window_bits=\(clientMaxWindowBits)" }
    return answer
  }
}

/// Opens a WebSocket with compression agreed on, and runs `body` with it and the peer's half of the compression.
func withCompression<R>(
  _ role: Role = .client, over wire: Wire = .tcp, _ parameters: PerMessageDeflateParameters = .init(),
  options change: (inout WebSocketOptions) -> Void = { _ in }, _ body: (Session, PeerCodec) throws -> R
) throws -> R {
  let (socket, peer) = try wire.open()
  return try withCompression(role, socket, peer, parameters, options: change, body)
}

/// The same over two ends that are there already.
func withCompression<R>(
  _ role: Role = .client, _ socket: SocketDescriptor, _ peer: RawPeer,
  _ parameters: PerMessageDeflateParameters = .init(), options change: (inout WebSocketOptions) -> Void = { _ in },
  _ body: (Session, PeerCodec) throws -> R
) throws -> R {
  var options = WebSocketOptions()
  options.compression = PerMessageDeflateOptions()
  options.compression?.minimumSize = 0
  change(&options)
  let ws: WebSocketDescriptor
  do {
    if role == .client {
      let server = BlockingThread {
        let request = try peer.readHead()
        try peer.write(
          response(request.acceptanceLines + ["Sec-WebSocket-Extensions: \(parameters.answer)"]))
      }
      var request = WebSocketRequest(host: "localhost", url: "/")
      request.options = options
      ws = try websocketConnect(socket, request, timeout: patience)
      try server.join()
    } else {
      ws = try websocketRegister(socket, options: options, compression: parameters)
    }
  } catch {
    peer.close()
    try? socket.close()
    throw error
  }
  let session = Session(ws: ws, socket: socket, peer: peer, role: role)
  defer { session.end() }
  return try body(session, PeerCodec(role, parameters))
}
