public import HTTPTypes
internal import WebSocketProtocol
internal import WestwindConnecting

/// What a client asks for in the opening handshake, as `websocketUpgrade` shows it to its caller.
public struct HandshakeRequest: Sendable, Hashable {
  /// Path and query as the client wrote them: `/chat?room=1`. Nothing in it is white space or a control character; what is
  /// not UTF-8 has become U+FFFD.
  public let target: String
  /// The path in it, percent-encoded as it came: `/chat`. To compare it with what is let in is safe, with what is not
  /// is none: `/%63hat` and `/x/../chat` are other texts.
  public let path: String
  /// All fields, `Host`, `Cookie` and `Authorization` among them. Where one is there twice, a look-up by name gives both
  /// values with a comma between.
  public let fields: HTTPFields
  /// The subprotocols that the client offers, the one that it likes best first.
  public let subprotocols: [String]

  /// Where the page comes from whose script opens the connection, such as `https://example.org`; nil where the client is
  /// no browser.
  ///
  /// A browser opens a WebSocket for the page of any site, and sends this server's cookies along. A server that goes by
  /// cookies has to look at this (RFC 6455 10.2).
  public var origin: String? { fields[.origin] }

  init(_ handshake: ServerHandshake) {
    target = String(decoding: handshake.target, as: UTF8.self)
    path = HandshakeRequest.path(of: handshake.target)
    fields = HTTPFields(handshake.fields)
    subprotocols = handshake.subprotocols.map { String(decoding: $0, as: UTF8.self) }
  }

  /// A target is a path, or a whole URL (RFC 9112 3.2.1, 3.2.2).
  private static func path(of target: [UInt8]) -> String {
    // Two slashes at the beginning of a path would be taken for those before a host.
    guard target.first != UInt8(ascii: "/") else {
      return String(decoding: target.prefix { $0 != UInt8(ascii: "?") }, as: UTF8.self)
    }
    let path = URIReference(target).path
    return path.isEmpty ? "/" : String(decoding: path, as: UTF8.self)
  }
}
