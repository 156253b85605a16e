/// A whole message, its fragments joined; or a control frame.
public struct WebSocketMessage: Sendable, Hashable {
  /// `.text`, `.binary`, `.close`, `.ping` or `.pong`, with `.final`.
  public var type: MessageType
  public var payload: [UInt8]

  public init(type: MessageType, payload: [UInt8]) {
    self.type = type
    self.payload = payload
  }

  public var isText: Bool { type.contains(.text) }
  public var isBinary: Bool { type.contains(.binary) }
  public var isClose: Bool { type.contains(.close) }

  /// The text of a text message; nil for others.
  public var text: String? {
    isText ? String(decoding: payload, as: UTF8.self) : nil
  }
}
