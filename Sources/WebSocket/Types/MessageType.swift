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
    var type: MessageType =
      switch kind {
      case .text: .text
      case .binary: .binary
      case .close: .close
      case .ping: .ping
      case .pong: .pong
      default: []
      }
    if isFinal { type.insert(.final) }
    if isContinuation { type.insert(.continuation) }
    self = type
  }
}
