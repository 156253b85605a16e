import WebSocketProtocol

/// A frame as it stands on the wire.
struct Frame: Hashable, Sendable {
  var opcode: Opcode
  var isFinal = true
  var reservedBits: UInt8 = 0
  var key: MaskingKey?
  /// Without the mask.
  var payload: [UInt8]

  init(
    _ opcode: Opcode, _ payload: [UInt8] = [], isFinal: Bool = true, reservedBits: UInt8 = 0, key: MaskingKey? = nil
  ) {
    self.opcode = opcode
    self.isFinal = isFinal
    self.reservedBits = reservedBits
    self.key = key
    self.payload = payload
  }

  /// A CLOSE frame.
  init(closing code: UInt16, _ reason: String = "") {
    self.init(.close, [UInt8(code >> 8), UInt8(code & 0xFF)] + reason.utf8)
  }

  var isMasked: Bool { key != nil }

  /// The same frame, masked or not.
  func masked(_ key: MaskingKey?) -> Frame {
    var frame = self
    frame.key = key
    return frame
  }

  /// The same frame without the key, which is different every time.
  var unmasked: Frame { masked(nil) }

  /// The code of a CLOSE frame; nil where there is none in it.
  var closeCode: UInt16? {
    opcode == .close && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
  }

  /// All of the frame's bytes.
  var bytes: [UInt8] {
    header(claiming: UInt64(payload.count)) + masking(payload)
  }

  /// The header alone, for a payload of another length than there is.
  func header(claiming length: UInt64) -> [UInt8] {
    let header = FrameHeader(
      isFinal: isFinal, reservedBits: reservedBits, opcode: opcode, maskingKey: key, payloadLength: length)
    var bytes = [UInt8](repeating: 0, count: header.encodedLength)
    var span = bytes.mutableSpan
    _ = header.encode(into: &span, at: 0)
    return bytes
  }

  /// Masking as RFC 6455 5.3 writes it down; again, it takes the mask off.
  func masking(_ payload: [UInt8]) -> [UInt8] {
    guard let key else { return payload }
    let keys = (0..<4).map { key[$0] }
    return payload.enumerated().map { i, byte in byte ^ keys[i & 3] }
  }
}

extension MaskingKey {
  /// E1 7E 8E B9 on the wire, as in Zephyr's tests.
  static let sample = MaskingKey(littleEndian: 0xB98E_7EE1)
}

extension [Frame] {
  var bytes: [UInt8] { flatMap { $0.bytes } }
}

extension Role {
  static let all: [Role] = [.client, .server]
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}

extension [UInt8] {
  var text: String { String(decoding: self, as: UTF8.self) }
}
