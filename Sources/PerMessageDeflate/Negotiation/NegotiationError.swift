/// What is wrong with a peer's `Sec-WebSocket-Extensions`. A client has to fail the connection then (RFC 6455 9.1,
/// RFC 7692 7.1): the server took something for agreed that is not. Connect without compression to such a server.
///
/// A server meets `malformed` alone: an offer that is of the grammar but not acceptable is declined.
public enum NegotiationError: Error, Sendable, Hashable {
  /// The field's value is not of the grammar of RFC 6455 9.1.
  case malformed(String)
  /// The answer names an extension that was not offered.
  case extensionNotOffered(String)
  /// The answer names permessage-deflate more than once.
  case extensionRepeated
  /// A parameter that RFC 7692 7.1 does not define.
  case unknownParameter(String)
  /// A parameter that is there more than once.
  case duplicateParameter(String)
  /// A parameter that needs a value and has none.
  case valueMissing(String)
  /// A parameter that takes no value and has one.
  case valueNotAllowed(String, value: String)
  /// Window bits that are no decimal number from 8 to 15 without leading zeros.
  case valueOutOfRange(String, value: String)
  /// The answer's `server_max_window_bits` is larger than what was offered (RFC 7692 7.1.2.1).
  case windowLargerThanOffered(Int, offered: Int)
  /// The answer has `client_max_window_bits`, which was not offered (RFC 7692 7.1.2.2).
  case parameterNotOffered(String)
  /// The offer asked for a parameter, and the answer accepts the offer without it (RFC 7692 7.1.1.1, 7.1.2.1).
  case parameterMissing(String)
}

extension NegotiationError: CustomStringConvertible {
  /// One line, unless the peer's text has line ends.
  public var description: String {
    switch self {
    case .malformed(let text): "'\(text)' is no list of extensions"
    case .extensionNotOffered(let name): "the extension '\(name)' was not offered"
    case .extensionRepeated: "permessage-deflate is there more than once"
    case .unknownParameter(let name): "permessage-deflate has no parameter '\(name)'"
    case .duplicateParameter(let name): "the parameter '\(name)' is there more than once"
    case .valueMissing(let name): "the parameter '\(name)' has no value"
    case .valueNotAllowed(let name, let value): "the parameter '\(name)' takes no value, and has '\(value)'"
    case .valueOutOfRange(let name, let value): "the parameter '\(name)' has to be from 8 to 15, and is '\(value)'"
    case .windowLargerThanOffered(let bits, let offered):
      "server_max_window_bits is \(bits), and \(offered) was offered"
    case .parameterNotOffered(let name): "the parameter '\(name)' was not offered"
    case .parameterMissing(let name): "the parameter '\(name)' was asked for, and is missing"
    }
  }
}
