public import WebSocketProtocol
internal import WestwindSockets

/// How the peer ended the connection.
public struct CloseStatus: Sendable, Hashable, CustomStringConvertible {
  /// The code in its CLOSE frame; `.noStatus` (1005) where that had none, `.abnormal` (1006) where none came.
  public var code: CloseCode
  public var reason: String

  public init(code: CloseCode, reason: String = "") {
    self.code = code
    self.reason = reason
  }

  public var description: String {
    switch code {
    case .noStatus: "closed without a code"
    case .abnormal: "no CLOSE frame came from the peer"
    default:
      reason.isEmpty ? "closed with code \(code.rawValue)" : "closed with code \(code.rawValue): \(reason.escaped)"
    }
  }

  /// The status that a CLOSE frame's payload tells, whatever it is: bytes of the reason that are not UTF-8 become U+FFFD.
  init(body: [UInt8]) {
    guard body.count >= 2 else {
      self.init(code: .noStatus)
      return
    }
    self.init(
      code: CloseCode(rawValue: UInt16(body[0]) << 8 | UInt16(body[1])),
      reason: String(decoding: body.dropFirst(2), as: UTF8.self))
  }
}
