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
}
