public import PerMessageDeflate
public import WebSocketProtocol

/// The peer's half of compression: what it sends, and what it makes of what it gets. It knows payload, and no frame: which
/// is whose, each target says that uses it.
public final class PeerCodec {
  private var deflater: Deflater
  private var inflater: Inflater

  /// - Parameter role: that of the end under test.
  public init(_ role: Role, _ parameters: PerMessageDeflateParameters, level: Int = 6) {
    let isServer = role == .client
    deflater = Deflater(
      windowBits: isServer ? parameters.serverMaxWindowBits : parameters.clientMaxWindowBits,
      noContextTakeover: isServer ? parameters.serverNoContextTakeover : parameters.clientNoContextTakeover,
      level: level, memoryLevel: 8)
    inflater = Inflater(
      windowBits: isServer ? parameters.clientMaxWindowBits : parameters.serverMaxWindowBits,
      noContextTakeover: isServer ? parameters.clientNoContextTakeover : parameters.serverNoContextTakeover)
  }

  /// The payload of a compressed frame to send.
  public func deflate(_ bytes: [UInt8], endsMessage: Bool = true) throws -> [UInt8] {
    var payload: [UInt8] = []
    try run(into: &payload) { consumed, output in
      try deflater.deflate(
        bytes.span.bytes, consumed: &consumed, ending: endsMessage ? .message : .frame, into: &output)
    }
    return payload
  }

  /// The bytes behind a frame's payload.
  public func inflate(_ payload: [UInt8], endsMessage: Bool = true) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try run(into: &bytes) { consumed, output in
      try inflater.inflate(payload.span.bytes, consumed: &consumed, endsMessage: endsMessage, into: &output)
    }
    return bytes
  }

  /// A frame of a message, as it came.
  public struct Part: Sendable {
    public var opcode: Opcode
    public var isFinal: Bool
    public var reservedBits: UInt8
    public var payload: [UInt8]

    public init(opcode: Opcode, isFinal: Bool, reservedBits: UInt8, payload: [UInt8]) {
      self.opcode = opcode
      self.isFinal = isFinal
      self.reservedBits = reservedBits
      self.payload = payload
    }
  }

  /// Not a compressed message's frame.
  public struct NotCompressed: Error {
    public var part: Part
  }

  /// The bytes of the next message, whose frames are all compressed.
  public func readMessage(_ next: () throws -> Part) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var isFirst = true
    while true {
      let part = try next()
      guard part.reservedBits == (isFirst ? FrameHeader.rsv1 : 0), isFirst != (part.opcode == .continuation) else {
        throw NotCompressed(part: part)
      }
      isFirst = false
      bytes += try inflate(part.payload, endsMessage: part.isFinal)
      if part.isFinal { return bytes }
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

/// Bytes that shrink to a fraction, and are not the same anywhere.
public func compressible(size: Int, seed: Int = 0) -> [UInt8] {
  var bytes: [UInt8] = []
  var number = seed
  while bytes.count < size {
    bytes += "{\"number\":\(number),\"sensor\":\"sensor-\(number % 17)\",\"ok\":true}\n".utf8
    number += 1
  }
  return Array(bytes.prefix(size))
}
