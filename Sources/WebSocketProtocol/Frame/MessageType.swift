/// What a received frame is: Zephyr's bits, and one of ours for continuations.
///
/// The kind is that of the message on every fragment, so a fragment is never a riddle.
public struct MessageType: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32

  @inlinable public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The frame is the last of its message (FIN).
  @inlinable public static var final: MessageType { MessageType(rawValue: 0x01) }
  @inlinable public static var text: MessageType { MessageType(rawValue: 0x02) }
  @inlinable public static var binary: MessageType { MessageType(rawValue: 0x04) }
  @inlinable public static var close: MessageType { MessageType(rawValue: 0x08) }
  @inlinable public static var ping: MessageType { MessageType(rawValue: 0x10) }
  @inlinable public static var pong: MessageType { MessageType(rawValue: 0x20) }
  /// The frame is not the first of its message.
  @inlinable public static var continuation: MessageType { MessageType(rawValue: 0x40) }

  /// The type of a frame of a message of this kind, or of a control frame.
  @inlinable package init(kind: Opcode, isFinal: Bool, isContinuation: Bool = false) {
    let kindBit: UInt32 =
      switch kind {
      case .text: MessageType.text.rawValue
      case .binary: MessageType.binary.rawValue
      case .close: MessageType.close.rawValue
      case .ping: MessageType.ping.rawValue
      case .pong: MessageType.pong.rawValue
      default: 0
      }
    let final = isFinal ? MessageType.final.rawValue : 0
    let continuation = isContinuation ? MessageType.continuation.rawValue : 0
    self.init(rawValue: kindBit | final | continuation)
  }
}
