internal import WebSocketProtocol

/// What a received frame is: Zephyr's bits, and one of ours for continuations.
///
/// The kind is that of the message on every fragment, so a fragment is never a riddle.
public struct MessageType: OptionSet, Sendable, Hashable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// The frame is the last of its message (FIN).
  public static let final = MessageType(rawValue: 0x01)
  public static let text = MessageType(rawValue: 0x02)
  public static let binary = MessageType(rawValue: 0x04)
  public static let close = MessageType(rawValue: 0x08)
  public static let ping = MessageType(rawValue: 0x10)
  public static let pong = MessageType(rawValue: 0x20)
  /// The frame is not the first of its message.
  public static let continuation = MessageType(rawValue: 0x40)

  init(kind: Opcode, isFinal: Bool, isContinuation: Bool = false) {
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
