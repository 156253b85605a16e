import Testing
import WebSocketProtocol

/// Text that may hold control characters; as the argument of a test it is printed with escapes.
struct Raw: ExpressibleByStringLiteral, CustomTestStringConvertible, Sendable {
  let string: String

  init(stringLiteral string: String) {
    self.string = string
  }

  var bytes: [UInt8] { string.bytes }
  var testDescription: String { string.debugDescription }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}

extension [UInt8] {
  var text: String { String(decoding: self, as: UTF8.self) }
}

extension Role {
  static let allRoles: [Role] = [.client, .server]
}

extension FrameHeader {
  var encoded: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: encodedLength)
    var span = bytes.mutableSpan
    let written = encode(into: &span, at: 0)
    precondition(written == encodedLength)
    return bytes
  }

  /// The header alone, with nothing behind it.
  init(_ opcode: Opcode, _ payloadLength: UInt64 = 0, isFinal: Bool = true, key: MaskingKey? = nil) {
    self.init(isFinal: isFinal, opcode: opcode, maskingKey: key, payloadLength: payloadLength)
  }
}

extension MaskingKey {
  static let sample = MaskingKey(littleEndian: 0x3D21_FA37)  // 37 FA 21 3D on the wire, as in RFC 6455 5.7

  /// Masking as RFC 6455 5.3 writes it down: byte i of the payload with byte i mod 4 of the key.
  func naivelyApplied(to payload: [UInt8], payloadOffset: Int = 0) -> [UInt8] {
    payload.enumerated().map { i, byte in byte ^ self[(payloadOffset + i) % 4] }
  }
}

extension HandshakeKey {
  /// Borrows the nonce for the call, since a span of a literal or a static array has no life of its own in an expectation.
  init(nonce: [UInt8]) {
    self.init(nonce: nonce.span)
  }
}

/// A whole frame as it stands on the wire.
func frame(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true, key: MaskingKey? = nil) -> [UInt8] {
  let header = FrameHeader(opcode, UInt64(payload.count), isFinal: isFinal, key: key)
  return header.encoded + (key?.naivelyApplied(to: payload) ?? payload)
}

/// What a receiver makes of a stream: every frame's header, meaning and payload, and the violation that ended it.
struct Received: Equatable {
  struct Frame: Equatable {
    var meaning: ReceiveState.Meaning
    var isFinal: Bool
    var payload: [UInt8]
  }

  var frames: [Frame] = []
  /// Payload bytes that are still to come, of a frame whose header has been read.
  var remaining: UInt64 = 0
  var violation: ProtocolViolation?
}

/// Puts header, unmasking, state and text check together as a connection does, over a stream in pieces.
func received(_ pieces: [[UInt8]], by role: Role) -> Received {
  var state = ReceiveState(role: role)
  var result = Received()
  var current: (header: FrameHeader, meaning: ReceiveState.Meaning, payload: [UInt8])?

  // What is not taken of a piece stands in front of the next.
  var left: [UInt8] = []

  func take(_ next: [UInt8]) throws(ProtocolViolation) {
    let piece = left + next
    var index = 0
    defer { left = Array(piece[index...]) }
    while true {
      if current == nil {
        guard let header = try FrameHeader.read(piece.span, from: &index) else { return }
        current = (header, try state.receive(header), [])
        result.remaining = header.payloadLength
      }
      let count = Int(min(result.remaining, UInt64(piece.count - index)))
      if count == 0 && result.remaining > 0 { return }
      let offset = current!.payload.count
      var bytes = Array(piece[index..<(index + count)])
      if let key = current!.header.maskingKey { bytes = key.naivelyApplied(to: bytes, payloadOffset: offset) }
      index += count
      result.remaining -= UInt64(count)
      current!.payload += bytes
      let isWhole = result.remaining == 0
      switch current!.meaning {
      case .data(.text, _):
        try state.receiveText(bytes.span, endsMessage: isWhole && current!.header.isFinal)
      case .control(.close) where isWhole:
        _ = try CloseBody.check(current!.payload.span)
      default: break
      }
      guard isWhole else { return }
      result.frames.append(
        .init(meaning: current!.meaning, isFinal: current!.header.isFinal, payload: current!.payload))
      current = nil
    }
  }

  for piece in pieces {
    do throws(ProtocolViolation) {
      try take(piece)
    } catch {
      result.violation = error
      break
    }
  }
  return result
}

/// The head that a reader gets out of a stream in pieces, and what is left of the pieces behind it.
func head(
  _ pieces: [[UInt8]], limit: Int = 16384, isResponse: Bool = false
) throws(HandshakeViolation) -> (head: [UInt8]?, rest: [UInt8]) {
  var reader = HeadReader(limit: limit, isResponse: isResponse)
  var head: [UInt8]?
  var rest: [UInt8] = []
  for piece in pieces {
    if head != nil {
      rest += piece
      continue
    }
    var index = 0
    head = try reader.read(piece.span, from: &index)
    rest += piece[index...]
  }
  return (head, rest)
}
