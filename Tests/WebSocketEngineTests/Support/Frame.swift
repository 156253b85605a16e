import WebSocketProtocol
import WestwindTestSupport

/// A frame as it stands on the wire. It is written and read here without any code of the library's.
struct Frame: Hashable, Sendable {
  var opcode: Opcode
  var isFinal = true
  var reservedBits: UInt8 = 0
  /// The masking key's four bytes; nil for a frame without a mask.
  var key: [UInt8]?
  /// Without the mask.
  var payload: [UInt8]

  init(
    _ opcode: Opcode, _ payload: [UInt8] = [], isFinal: Bool = true, reservedBits: UInt8 = 0, key: [UInt8]? = nil
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

  /// E1 7E 8E B9, as in Zephyr's tests.
  static let sampleKey: [UInt8] = [0xE1, 0x7E, 0x8E, 0xB9]

  var isMasked: Bool { key != nil }

  /// The same frame, masked or not.
  func masked(_ key: [UInt8]?) -> Frame {
    var frame = self
    frame.key = key
    return frame
  }

  /// The same frame as an end of this role sends it.
  func sent(by role: Role) -> Frame { role == .client && key == nil ? masked(Self.sampleKey) : self }

  /// The same frame without the key, which is different every time.
  var unmasked: Frame { masked(nil) }

  /// The code of a CLOSE frame; nil if there is none in it.
  var closeCode: UInt16? {
    opcode == .close && payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : nil
  }

  /// All of the frame's bytes.
  var bytes: [UInt8] { header(claiming: UInt64(payload.count)) + masking(payload) }

  /// The header alone, for a payload of another length than there is (RFC 6455 5.2).
  func header(claiming length: UInt64) -> [UInt8] {
    var bytes = [(isFinal ? 0x80 : 0) | reservedBits << 4 | opcode.rawValue]
    let mask: UInt8 = isMasked ? 0x80 : 0
    if length < 126 {
      bytes.append(mask | UInt8(length))
    } else if length < 65536 {
      bytes += [mask | 126, UInt8(length >> 8), UInt8(length & 0xFF)]
    } else {
      bytes.append(mask | 127)
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(56 - 8 * $0)) }
    }
    return bytes + (key ?? [])
  }

  /// Masking as RFC 6455 5.3 writes it down; again, it takes the mask off.
  func masking(_ payload: [UInt8]) -> [UInt8] {
    guard let key else { return payload }
    var payload = payload
    payload.withUnsafeMutableBufferPointer { bytes in
      var i = 0
      while i < bytes.count {
        bytes[i] ^= key[i & 3]
        i += 1
      }
    }
    return payload
  }

  /// Reads the frame that begins at `index`, which is moved behind it.
  ///
  /// - Returns: nil if it is not whole.
  init?(_ bytes: [UInt8], at index: inout Int) {
    var end = index
    func take(_ count: Int) -> ArraySlice<UInt8>? {
      guard bytes.count - end >= count else { return nil }
      defer { end += count }
      return bytes[end..<(end + count)]
    }
    guard let start = take(2).map(Array.init) else { return nil }
    self.init(Opcode(rawValue: start[0]), isFinal: start[0] & 0x80 != 0, reservedBits: start[0] >> 4 & 7)
    var length = Int(start[1] & 0x7F)
    if length > 125 {
      guard let extended = take(length == 126 ? 2 : 8) else { return nil }
      length = extended.reduce(0) { $0 << 8 | Int($1) }
    }
    if start[1] & 0x80 != 0 {
      guard let bytes = take(4) else { return nil }
      key = Array(bytes)
    }
    guard let body = take(length) else { return nil }
    payload = masking(Array(body))
    index = end
  }

  /// All frames that bytes are.
  ///
  /// - Throws: if half a frame is left at the end.
  static func all(in bytes: [UInt8]) throws -> [Frame] {
    var frames: [Frame] = []
    var index = 0
    while let frame = Frame(bytes, at: &index) { frames.append(frame) }
    guard index == bytes.count else { throw TestSupportError("half a frame behind \(frames.count) whole ones") }
    return frames
  }
}

extension [Frame] {
  var bytes: [UInt8] { flatMap { $0.bytes } }

  /// The bytes of the frames as an end of this role sends them.
  func bytes(by role: Role) -> [UInt8] { flatMap { $0.sent(by: role).bytes } }
}

extension Role {
  static let all: [Role] = [.client, .server]

  var other: Role { self == .client ? .server : .client }
}

extension Opcode {
  /// What `MessageType` says of it.
  var type: MessageType {
    switch self {
    case .text: .text
    case .binary: .binary
    case .close: .close
    case .ping: .ping
    default: .pong
    }
  }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}

extension [UInt8] {
  var text: String { String(decoding: self, as: UTF8.self) }
}

extension RawSpan {
  var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension OutputRawSpan {
  /// Appends as many of the bytes as there is room for.
  ///
  /// - Returns: how many.
  mutating func appendSome(of bytes: ArraySlice<UInt8>) -> Int {
    let count = Swift.min(freeCapacity, bytes.count)
    withUnsafeMutableBytes { room, written in
      UnsafeMutableRawBufferPointer(rebasing: room[written...]).copyBytes(from: bytes.prefix(count))
      written += count
    }
    return count
  }
}
