/// A complete message, its fragments joined; or a control frame.
///
///     switch try ws.receiveMessage() {
///     case .text(let text): print(text)
///     case .binary(let bytes): print("\(bytes.count) bytes")
///     case .close(let status): print(status)
///     case .ping(let body): try ws.sendMsg(body, opcode: .pong)
///     case .pong: break
///     }
public enum WebSocketMessage: Sendable, Hashable {
  case text(String)
  case binary([UInt8])
  /// The peer ends the connection. The code is `.noStatus` if its CLOSE frame has none.
  ///
  /// With `controlFrames = .manual` the code and the reason are not checked: bytes of the reason that are not UTF-8 become
  /// U+FFFD. `recvMsg` delivers the bytes as they came.
  case close(CloseStatus)
  /// A PING and its body. Delivered only with `controlFrames = .manual`.
  case ping([UInt8])
  /// A PONG and its body. Delivered only with `controlFrames = .manual`.
  case pong([UInt8])

  /// The text of a text message; nil for others.
  public var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  /// The bytes of a binary message; nil for others.
  public var binary: [UInt8]? {
    if case .binary(let bytes) = self { bytes } else { nil }
  }

  public var isClose: Bool {
    if case .close = self { true } else { false }
  }
}

extension WebSocketMessage {
  /// Makes a message of received bytes.
  ///
  /// - Parameters:
  ///   - type: the bit of its kind; other bits do not matter.
  ///   - payload: all of its bytes. If it is text, they have been checked as UTF-8, to the end of the message.
  init(type: MessageType, payload: [UInt8]) {
    if type.contains(.text) {
      self = .text(String(payload))
    } else if type.contains(.binary) {
      self = .binary(payload)
    } else if type.contains(.close) {
      self = .close(CloseStatus(body: payload))
    } else if type.contains(.ping) {
      self = .ping(payload)
    } else {
      self = .pong(payload)
    }
  }
}

extension String {
  /// Text has been checked while it arrived, but a part of it may have been another call's: what is cut is repaired.
  fileprivate init(_ bytes: [UInt8]) {
    do {
      var codeUnits = try UTF8Span(validating: bytes.span)
      // Cheap, and makes comparing and iterating the string fast.
      _ = codeUnits.checkForASCII()
      self.init(copying: codeUnits)
    } catch {
      self.init(decoding: bytes, as: UTF8.self)
    }
  }
}
