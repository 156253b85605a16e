/// A caller's host, target or header that must not go into a request: it would break the head apart, or let one
/// header pass for two. Nothing has been sent.
public enum HandshakeTextError: Error, Sendable, Hashable {
  /// The host is empty, or holds white space or a control character.
  case badHost([UInt8])
  /// The target is empty, or holds white space or a control character.
  case badTarget([UInt8])
  /// A header line without a colon.
  case fieldWithoutColon([UInt8])
  /// A header name that is not a token (RFC 9110 5.6.2).
  case badFieldName([UInt8])
  /// A header value with CR, LF, NUL or another control character (RFC 9110 5.5).
  case badFieldValue(name: [UInt8])
  /// A header that the handshake writes itself.
  case reservedField(name: [UInt8])
  /// A subprotocol name that is not a token (RFC 6455 4.1).
  case badSubprotocol([UInt8])
  /// A subprotocol named twice (RFC 6455 4.1).
  case duplicateSubprotocol([UInt8])
}
