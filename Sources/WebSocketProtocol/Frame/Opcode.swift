/// The four bits that say what a frame is (RFC 6455 5.2).
///
/// A structure and not an enumeration, because a peer may send any of the sixteen values and the parser
/// hands on what it read; `isReserved` tells the ones that no specification has given a meaning.
public struct Opcode: RawRepresentable, Sendable, Hashable {
  public let rawValue: UInt8

  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0x0F
  }

  // Computed, so that they are constants in other modules too.
  @inlinable public static var continuation: Opcode { Opcode(rawValue: 0x0) }
  @inlinable public static var text: Opcode { Opcode(rawValue: 0x1) }
  @inlinable public static var binary: Opcode { Opcode(rawValue: 0x2) }
  @inlinable public static var close: Opcode { Opcode(rawValue: 0x8) }
  @inlinable public static var ping: Opcode { Opcode(rawValue: 0x9) }
  @inlinable public static var pong: Opcode { Opcode(rawValue: 0xA) }

  /// Close, ping, pong and the reserved values from 0xB: never fragmented, 125 bytes at most (RFC 6455 5.5).
  @inlinable public var isControl: Bool { rawValue & 0x8 != 0 }

  /// 0x3 to 0x7 and 0xB to 0xF (RFC 6455 11.8).
  @inlinable public var isReserved: Bool {
    isControl ? rawValue > Opcode.pong.rawValue : rawValue > Opcode.binary.rawValue
  }
}
