public import WebSocketProtocol

/// A frame as it stands on the wire, right or wrong, written and read by the library's own header codec.
public struct Frame: Hashable, Sendable {
  public var opcode: Opcode
  public var isFinal = true
  public var reservedBits: UInt8 = 0
  public var key: MaskingKey?
  /// Without the mask.
  public var payload: [UInt8]

  public init(
    _ opcode: Opcode, _ payload: [UInt8] = [], isFinal: Bool = true, reservedBits: UInt8 = 0, key: MaskingKey? = nil
  ) {
    self.opcode = opcode
    self.isFinal = isFinal
    self.reservedBits = reservedBits
    self.key = key
    self.payload = payload
  }

  /// Makes a CLOSE frame.
  public init(closing code: UInt16, _ reason: String = "") {
    self.init(.close, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason.utf8)
  }

  /// Takes the first frame off `input`, its mask taken off. Nil, with `input` untouched, if it has not come whole.
  public init?(takingFrom input: inout ArraySlice<UInt8>) throws(ProtocolViolation) {
    var index = 0
    guard let header = try FrameHeader.read(input.span, from: &index),
      header.payloadLength <= UInt64(input.count - index)
    else { return nil }
    self.init(header)
    let start = input.startIndex + index
    let end = start + Int(header.payloadLength)
    payload = masking(Array(input[start..<end]))
    input = input[end...]
  }

  /// Makes the frame of a header, still without its payload.
  init(_ header: FrameHeader) {
    self.init(header.opcode, isFinal: header.isFinal, reservedBits: header.reservedBits, key: header.maskingKey)
  }

  public var isMasked: Bool { key != nil }

  /// The same frame, masked or not.
  public func masked(_ key: MaskingKey?) -> Frame {
    var frame = self
    frame.key = key
    return frame
  }

  /// The same frame without the key, which is different every time.
  public var unmasked: Frame { masked(nil) }

  /// The code of a CLOSE frame; nil if there is none in it.
  public var closeCode: UInt16? {
    opcode == .close && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
  }

  /// All of the frame's bytes.
  public var bytes: [UInt8] {
    header(claiming: UInt64(payload.count)) + masking(payload)
  }

  /// The header alone, for a payload of another length than there is.
  public func header(claiming length: UInt64) -> [UInt8] {
    let header = FrameHeader(
      isFinal: isFinal, reservedBits: reservedBits, opcode: opcode, maskingKey: key, payloadLength: length)
    var bytes = [UInt8](repeating: 0, count: header.encodedLength)
    var span = bytes.mutableSpan
    _ = header.encode(into: &span, at: 0)
    return bytes
  }

  /// Masks as RFC 6455 5.3 writes it down; again, it takes the mask off.
  public func masking(_ payload: [UInt8]) -> [UInt8] {
    guard let key else { return payload }
    var payload = payload
    // By a pointer, since the tests mask megabytes in unoptimized builds.
    let keys = (0..<4).map { key[$0] }
    payload.withUnsafeMutableBufferPointer { payload in
      keys.withUnsafeBufferPointer { keys in
        for i in payload.indices { payload[i] ^= keys[i & 3] }
      }
    }
    return payload
  }
}

extension MaskingKey {
  /// E1 7E 8E B9 on the wire, as in Zephyr's tests.
  public static let sample = MaskingKey(littleEndian: 0xB98E_7EE1)
}

extension [Frame] {
  public var bytes: [UInt8] { flatMap { $0.bytes } }
}

/// Returns the frames that bytes are, and how many bytes are left at the end: half a frame.
public func parseFrames(_ bytes: [UInt8]) throws(ProtocolViolation) -> (frames: [Frame], rest: Int) {
  var rest = bytes[...]
  var frames: [Frame] = []
  while let frame = try Frame(takingFrom: &rest) { frames.append(frame) }
  return (frames, rest.count)
}
