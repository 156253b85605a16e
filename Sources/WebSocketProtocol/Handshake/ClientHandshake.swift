/// A client's half of the opening handshake: the request's text, and the check of the response (RFC 6455 4.1).
public struct ClientHandshake: Sendable {
  private let key: HandshakeKey
  private var subprotocols: [[UInt8]]
  /// The caller has written their line itself.
  private var isOffered = false
  private let extensions: [UInt8]?

  /// - Parameters:
  ///   - key: the connection's key.
  ///   - subprotocols: the names to offer, the one liked best first.
  ///   - extensions: the value of `Sec-WebSocket-Extensions`, or nil to offer none.
  public init(
    key: HandshakeKey, subprotocols: [[UInt8]] = [], extensions: [UInt8]? = nil
  ) throws(HandshakeTextError) {
    for (i, name) in subprotocols.enumerated() {
      guard ASCII.isToken(name) else { throw .badSubprotocol(name) }
      guard !subprotocols[..<i].contains(name) else { throw .duplicateSubprotocol(name) }
    }
    self.key = key
    self.subprotocols = subprotocols
    self.extensions = extensions
  }

  /// The request in two parts, so that a caller's own bytes may stand between them.
  public struct RequestHead: Sendable {
    /// The request line, `Host`, and the caller's fields.
    public var opening: [UInt8]
    /// The fields of the handshake and the empty line.
    public var closing: [UInt8]
  }

  /// Writes the request.
  ///
  /// - Parameters:
  ///   - target: path and query.
  ///   - host: the value of `Host`, with the port where it is not the default.
  ///   - origin: the value of `Origin`, or nil for none.
  ///   - fields: the caller's own fields. Those that the handshake writes itself are refused.
  public func request(
    target: [UInt8], host: [UInt8], origin: [UInt8]? = nil, fields: [HeaderField] = []
  ) throws(HandshakeTextError) -> RequestHead {
    guard ASCII.isVisible(target) else { throw .badTarget(target) }
    guard ASCII.isVisible(host) else { throw .badHost(host) }
    if let origin, !ASCII.isFieldValue(origin) { throw .badFieldValue(name: Array("Origin".utf8)) }
    for field in fields {
      try field.check()
      guard !Self.writtenHere.contains(where: field.isNamed) else { throw .reservedField(name: field.name) }
    }
    var opening = HeadText()
    opening.line("GET ", target, " HTTP/1.1")
    opening.line("Host: ", host)
    if let origin { opening.line("Origin: ", origin) }
    for field in fields { opening.field(field) }
    return RequestHead(opening: opening.bytes, closing: closing)
  }

  /// Takes note of what the caller has written between the two parts of the request: subprotocols that it has offered
  /// there are the offer, in place of those of before, and `closing` has none.
  package mutating func noteOffered(_ names: [[UInt8]]) {
    guard !names.isEmpty else { return }
    subprotocols = names
    isOffered = true
  }

  /// The fields of the handshake and the empty line.
  package var closing: [UInt8] {
    var closing = HeadText()
    closing.line("Sec-WebSocket-Key: ", key.text)
    closing.line("Upgrade: websocket")
    closing.line("Connection: Upgrade")
    closing.line("Sec-WebSocket-Version: 13")
    if !subprotocols.isEmpty, !isOffered {
      closing.line("Sec-WebSocket-Protocol: ", Array(subprotocols.joined(separator: Array(", ".utf8))))
    }
    if let extensions { closing.line("Sec-WebSocket-Extensions: ", extensions) }
    closing.line()
    return closing.bytes
  }

  private static let writtenHere = [
    "host", "upgrade", "connection", "sec-websocket-key", "sec-websocket-version", "sec-websocket-accept",
    "sec-websocket-extensions", "content-length", "transfer-encoding",
  ]

  /// Checks the response. If extensions were offered, the caller checks the answer to them.
  ///
  /// - Parameter response: the head that the server sent.
  /// - Returns: the subprotocol that the server chose, one that was offered, or nil for none.
  /// - Throws: the first thing that is not as RFC 6455 4.1 asks.
  public func check(_ response: ResponseHead) throws(HandshakeViolation) -> [UInt8]? {
    guard response.status == 101 else { throw .status(response.status) }
    guard response.version == .oneOne else { throw .versionTooOld }
    guard !response.hasMalformedField else { throw .malformedField }
    guard response.fields.list(of: "upgrade", has: "websocket") else { throw .upgradeMissing }
    guard response.fields.list(of: "connection", has: "upgrade") else { throw .connectionMissing }
    guard let accept = response.fields.onlyValue(of: "sec-websocket-accept") else { throw .acceptMissing }
    guard accept == key.accept else { throw .acceptWrong }
    guard extensions != nil || response.fields.list(of: "sec-websocket-extensions").isEmpty else {
      throw .extensionNotOffered
    }
    let chosen = response.fields.list(of: "sec-websocket-protocol")
    guard chosen.count <= 1, chosen.allSatisfy(subprotocols.contains) else { throw .subprotocolNotOffered }
    return chosen.first
  }
}
