/// Why a connection was closed (RFC 6455 7.4).
public struct CloseCode: RawRepresentable, Sendable, Hashable {
  public let rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  /// 1000: what the connection was made for is done.
  public static let normal = CloseCode(rawValue: 1000)
  /// 1001: a server goes down, or a user leaves the page.
  public static let goingAway = CloseCode(rawValue: 1001)
  /// 1002: the peer broke the protocol.
  public static let protocolError = CloseCode(rawValue: 1002)
  /// 1003: data of a kind that cannot be taken, say text where only binary is.
  public static let unsupportedData = CloseCode(rawValue: 1003)
  /// 1005: the CLOSE frame carried no code. Never on the wire.
  public static let noStatus = CloseCode(rawValue: 1005)
  /// 1006: the stream ended without a CLOSE frame. Never on the wire.
  public static let abnormal = CloseCode(rawValue: 1006)
  /// 1007: text that is not UTF-8.
  public static let invalidPayload = CloseCode(rawValue: 1007)
  /// 1008: a message that breaks the receiver's own rules.
  public static let policyViolation = CloseCode(rawValue: 1008)
  /// 1009: a message over the receiver's size limit.
  public static let messageTooBig = CloseCode(rawValue: 1009)
  /// 1010: a client misses an extension that it needs.
  public static let mandatoryExtension = CloseCode(rawValue: 1010)
  /// 1011: a server met a condition it did not expect.
  public static let internalError = CloseCode(rawValue: 1011)
  /// 1012: the server restarts.
  public static let serviceRestart = CloseCode(rawValue: 1012)
  /// 1013: try again later.
  public static let tryAgainLater = CloseCode(rawValue: 1013)
  /// 1014: a gateway had no valid answer from the server behind it.
  public static let badGateway = CloseCode(rawValue: 1014)

  /// Whether the code may stand in a CLOSE frame: the registered ones but for 1004, 1005, 1006 and 1015, which stand
  /// for the absence of one; and 3000 to 4999, which are for libraries and applications (RFC 6455 7.4.2).
  public var mayBeSent: Bool {
    switch rawValue {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }
}
