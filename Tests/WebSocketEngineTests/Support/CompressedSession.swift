import PerMessageDeflate
import WebSocketProtocol
@_exported import WestwindTestCodec

/// The codec with this target's frames.
extension PeerCodec {
  /// A compressed frame to send.
  func frame(_ opcode: Opcode, _ bytes: [UInt8], isFinal: Bool = true) throws -> Frame {
    Frame(
      opcode, try deflate(bytes, endsMessage: isFinal), isFinal: isFinal,
      reservedBits: opcode == .continuation ? 0 : FrameHeader.rsv1)
  }

  /// The bytes of the next message, whose frames are all compressed.
  func readMessage(from peer: Peer) throws -> [UInt8] {
    try readMessage {
      let frame = try peer.readFrame()
      return Part(
        opcode: frame.opcode, isFinal: frame.isFinal, reservedBits: frame.reservedBits, payload: frame.payload)
    }
  }
}

/// Opens a connection with compression agreed on, and runs `body` with it and the peer's half of the compression.
func withCompression<R>(
  _ role: Role = .client, _ parameters: PerMessageDeflateParameters = .init(),
  options change: (inout SessionOptions) -> Void = { _ in }, _ body: (Session, PeerCodec) throws -> R
) throws -> R {
  var options = SessionOptions()
  options.compression = parameters
  options.deflate.minimumSize = 0
  change(&options)
  return try body(Session(role, options), PeerCodec(role, parameters))
}
