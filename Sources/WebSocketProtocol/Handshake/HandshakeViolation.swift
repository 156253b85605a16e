/// What is wrong with the text that a peer sent as its half of the handshake.
public enum HandshakeViolation: Error, Sendable, Hashable {
  /// The first line is no HTTP/1.1 status or request line.
  case notHTTP
  /// HTTP, but a version under 1.1 (RFC 6455 4.1).
  case versionTooOld
  /// A line that is no header field: no colon, a name that is no token, a control character. In a request also a folded line,
  /// and one that ends in LF alone.
  case malformedField
  /// The head is longer than this many bytes.
  case headTooLarge(limit: Int)
  /// A response status other than 101.
  case status(Int)
  /// No `Upgrade: websocket` (RFC 6455 4.1, 4.2.1).
  case upgradeMissing
  /// No `Connection: Upgrade` (RFC 6455 4.1, 4.2.1).
  case connectionMissing
  /// A response without `Sec-WebSocket-Accept`, or with two.
  case acceptMissing
  /// `Sec-WebSocket-Accept` does not belong to the key.
  case acceptWrong
  /// The response names a subprotocol that was not offered, or more than one.
  case subprotocolNotOffered
  /// The response names an extension that was not offered.
  case extensionNotOffered
  /// A request that is not GET.
  case methodNotGet
  /// A request without `Host`, or with two.
  case hostMissing
  /// A request with a body, or that says its length twice: what follows its head would be a body for one reader and frames for
  /// another.
  case bodyAnnounced
  /// A request whose `Sec-WebSocket-Key` is missing, double or not sixteen bytes in base64.
  case keyInvalid
  /// A request for a version other than 13.
  case versionNotSupported
}
