/// A frame as it stands on the wire, written and read without the library's own codec.
struct RawFrame: Sendable, Hashable, CustomStringConvertible {
  static let continuation: UInt8 = 0
  static let text: UInt8 = 1
  static let binary: UInt8 = 2
  static let close: UInt8 = 8
  static let ping: UInt8 = 9
  static let pong: UInt8 = 10

  var opcode: UInt8
  var isFinal = true
  var payload: [UInt8]

  init(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) {
    self.opcode = opcode
    self.payload = payload
    self.isFinal = isFinal
  }

  var isControl: Bool { opcode & 8 != 0 }

  /// The frame's bytes (RFC 6455 5.2).
  ///
  /// - Parameters:
  ///   - key: four bytes to mask with, as a client has to; nil for a server's frame.
  ///   - isMarked: sets RSV1: a compressed message begins (RFC 7692 6).
  func encoded(key: [UInt8]? = nil, isMarked: Bool = false) -> [UInt8] {
    let maskBit: UInt8 = key == nil ? 0 : 0x80
    var bytes = [(isFinal ? 0x80 : 0) | (isMarked ? 0x40 : 0) | opcode]
    if payload.count < 126 {
      bytes.append(maskBit | UInt8(payload.count))
    } else if payload.count < 65536 {
      bytes += [maskBit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    } else {
      bytes.append(maskBit | 127)
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
    }
    guard let key else { return bytes + payload }
    return bytes + key + masked(payload, key)
  }

  var description: String {
    let kind = [
      Self.continuation: "continuation", Self.text: "text", Self.binary: "binary", Self.close: "close",
      Self.ping: "ping", Self.pong: "pong",
    ]
    return "\(kind[opcode] ?? "opcode \(opcode)")\(isFinal ? "" : " (more follows)") of \(payload.count) bytes"
  }
}

/// XOR with the key's four bytes over and over (RFC 6455 5.3).
func masked(_ payload: [UInt8], _ key: [UInt8]) -> [UInt8] {
  var result = payload
  result.withUnsafeMutableBufferPointer { result in
    for i in result.indices { result[i] ^= key[i & 3] }
  }
  return result
}
