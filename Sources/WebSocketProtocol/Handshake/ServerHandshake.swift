/// A server's half of the opening handshake: the check of the request, and the text of the answer (RFC 6455 4.2).
public struct ServerHandshake: Sendable {
  /// Path and query as the client wrote them.
  public let target: [UInt8]
  public let fields: [HeaderField]
  public let key: HandshakeKey
  /// What the client offers, the one it likes best first.
  public let subprotocols: [[UInt8]]

  /// Checks a request.
  ///
  /// - Parameter head: the whole head, as `HeadReader` gives it.
  /// - Throws: the first thing that is not as RFC 6455 4.2.1 asks; `refusal` has the answer to it.
  public init(request head: [UInt8]) throws(HandshakeViolation) {
    let head = try Head(head)
    let parts = head.firstLine.split(separator: ASCII.space, omittingEmptySubsequences: false)
    guard parts.count == 3, ASCII.isVisible(Array(parts[1])) else { throw .notHTTP }
    guard try HTTPVersion(parts[2]) == .oneOne else { throw .versionTooOld }
    guard parts[0].elementsEqual("GET".utf8) else { throw .methodNotGet }
    let fields = head.fields
    guard fields.onlyValue(of: "host") != nil else { throw .hostMissing }
    guard !Self.announcesBody(fields) else { throw .bodyAnnounced }
    guard fields.list(of: "upgrade", has: "websocket") else { throw .upgradeMissing }
    guard fields.list(of: "connection", has: "upgrade") else { throw .connectionMissing }
    guard fields.onlyValue(of: "sec-websocket-version") == Array("13".utf8) else { throw .versionNotSupported }
    guard let text = fields.onlyValue(of: "sec-websocket-key"), let key = HandshakeKey(received: text) else {
      throw .keyInvalid
    }
    target = Array(parts[1])
    self.fields = fields
    self.key = key
    subprotocols = fields.list(of: "sec-websocket-protocol")
  }

  /// What follows the head is read as frames: nobody else may take it for a body, such as a proxy in front of this server. So a
  /// length may be 0, and be there once.
  private static func announcesBody(_ fields: [HeaderField]) -> Bool {
    var lengths = 0
    for field in fields {
      if field.isNamed("transfer-encoding") { return true }
      guard field.isNamed("content-length") else { continue }
      lengths += 1
      if lengths > 1 || field.value != [0x30] { return true }
    }
    return false
  }

  /// Returns the answer that makes the connection a WebSocket.
  ///
  /// - Parameters:
  ///   - subprotocol: one of `subprotocols`, or nil for none.
  ///   - extensions: the value of `Sec-WebSocket-Extensions`, or nil for none.
  public func response(subprotocol: [UInt8]?, extensions: [UInt8]? = nil) -> [UInt8] {
    var text = HeadText()
    text.line("HTTP/1.1 101 Switching Protocols")
    text.line("Upgrade: websocket")
    text.line("Connection: Upgrade")
    text.line("Sec-WebSocket-Accept: ", key.accept)
    if let subprotocol { text.line("Sec-WebSocket-Protocol: ", subprotocol) }
    if let extensions { text.line("Sec-WebSocket-Extensions: ", extensions) }
    text.line()
    return text.bytes
  }

  /// The answer to a request that is refused.
  public static func refusal(of violation: HandshakeViolation) -> [UInt8] {
    var text = HeadText()
    var connection = "close"
    switch violation {
    case .upgradeMissing, .connectionMissing, .versionNotSupported:
      // RFC 9110 15.5.22 and 7.8: a 426 names the protocol in Upgrade, which Connection has to list.
      text.line("HTTP/1.1 426 Upgrade Required")
      text.line("Upgrade: websocket")
      text.line("Sec-WebSocket-Version: 13")  // RFC 6455 4.4
      connection = "Upgrade, close"
    case .methodNotGet:
      text.line("HTTP/1.1 405 Method Not Allowed")
      text.line("Allow: GET")
    case .headTooLarge:
      text.line("HTTP/1.1 431 Request Header Fields Too Large")
    case .versionTooOld:
      text.line("HTTP/1.1 505 HTTP Version Not Supported")
    default:
      text.line("HTTP/1.1 400 Bad Request")
    }
    text.line("Connection: ", [], connection)
    text.line("Content-Length: 0")
    text.line()
    return text.bytes
  }

  /// The answer of a server that does not want this client, however right its request is.
  ///
  /// - Parameters:
  ///   - status: 300 to 599.
  ///   - reason: the words behind it; they may be none.
  ///   - fields: what else the head says, without `Connection` and `Content-Length`. One that may not stand in a head is
  ///     left out.
  ///   - body: what follows the head.
  public static func refusal(status: Int, reason: [UInt8], fields: [HeaderField] = [], body: [UInt8] = []) -> [UInt8] {
    var text = HeadText()
    text.line("HTTP/1.1 \(status) ", reason)
    for field in fields where (try? field.check()) != nil { text.field(field) }
    text.line("Connection: close")
    text.line("Content-Length: \(body.count)")
    text.line()
    return text.bytes + body
  }
}
