import PerMessageDeflate
import WebSocketProtocol
import WestwindTestSupport

/// The peer's half of compression: what it sends, and what it makes of what it gets.
final class PeerCodec {
  private var deflater: Deflater
  private var inflater: Inflater

  /// - Parameter role: that of the end under test.
  init(_ role: Role, _ parameters: PerMessageDeflateParameters, level: Int = 6) {
    let isServer = role == .client
    deflater = Deflater(
      windowBits: isServer ? parameters.serverMaxWindowBits : parameters.clientMaxWindowBits,
      noContextTakeover: isServer ? parameters.serverNoContextTakeover : parameters.clientNoContextTakeover,
      level: level, memoryLevel: 8)
    inflater = Inflater(
      windowBits: isServer ? parameters.clientMaxWindowBits : parameters.serverMaxWindowBits,
      noContextTakeover: isServer ? parameters.clientNoContextTakeover : parameters.serverNoContextTakeover)
  }

  /// A compressed frame to send.
  func frame(_ opcode: Opcode, _ bytes: [UInt8], isFinal: Bool = true) throws -> Frame {
    var payload: [UInt8] = []
    try run(into: &payload) { consumed, output in
      try deflater.deflate(
        bytes.span.bytes, consumed: &consumed, ending: isFinal ? .message : .frame, into: &output)
    }
    return Frame(
      opcode, payload, isFinal: isFinal, reservedBits: opcode == .continuation ? 0 : FrameHeader.rsv1)
  }

  /// The bytes behind a frame's payload.
  func inflate(_ payload: [UInt8], endsMessage: Bool = true) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try run(into: &bytes) { consumed, output in
      try inflater.inflate(payload.span.bytes, consumed: &consumed, endsMessage: endsMessage, into: &output)
    }
    return bytes
  }

  /// The bytes of the next message, whose frames are all compressed.
  func readMessage(from peer: Peer) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var isFirst = true
    while true {
      let frame = try peer.readFrame()
      guard frame.reservedBits == (isFirst ? FrameHeader.rsv1 : 0), isFirst != (frame.opcode == .continuation) else {
        throw TestSupportError("not a compressed message's frame: \(frame.opcode), RSV \(frame.reservedBits)")
      }
      isFirst = false
      bytes += try inflate(frame.payload, endsMessage: frame.isFinal)
      if frame.isFinal { return bytes }
    }
  }

  private func run(
    into bytes: inout [UInt8], _ call: (inout Int, inout OutputRawSpan) throws -> CodecProgress
  ) throws {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 8)
    defer { room.deallocate() }
    var consumed = 0
    while true {
      var output = OutputRawSpan(buffer: room, initializedCount: 0)
      let progress = try call(&consumed, &output)
      bytes += room[..<output.finalize(for: room)]
      if progress == .done { return }
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

/// Bytes that shrink to a fraction, and are not the same anywhere.
func compressible(size: Int, seed: Int = 0) -> [UInt8] {
  var bytes: [UInt8] = []
  var number = seed
  while bytes.count < size {
    bytes += "{\"number\":\(number),\"sensor\":\"sensor-\(number % 17)\",\"ok\":true}\n".utf8
    number += 1
  }
  return Array(bytes.prefix(size))
}
