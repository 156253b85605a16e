/// The payload of a CLOSE frame: nothing, or two bytes of code and a reason in UTF-8 (RFC 6455 5.5.1).
public enum CloseBody {
  /// A control frame holds 125 bytes, of which the code takes two (RFC 6455 5.5).
  public static let maximumReasonLength = 123

  /// What `check` found.
  public enum Code: Sendable, Hashable {
    /// An empty body.
    case none
    /// A body with this code, the reason in the bytes from 2.
    case code(CloseCode)
  }

  /// Checks a received body.
  ///
  /// - Throws: a body of one byte, a code that may not be sent, a reason that is not UTF-8.
  public static func check(_ body: Span<UInt8>) throws(ProtocolViolation) -> Code {
    guard body.count != 0 else { return .none }
    guard body.count >= 2 else { throw .closeBodyOfOneByte }
    let code = CloseCode(rawValue: UInt16(body[0]) << 8 | UInt16(body[1]))
    guard code.mayBeSent else { throw .closeCodeNotAllowed(code.rawValue) }
    var reason = UTF8Validator()
    guard reason.validate(body.extracting(2..<body.count)), reason.isComplete else { throw .closeReasonNotUTF8 }
    return .code(code)
  }
}
