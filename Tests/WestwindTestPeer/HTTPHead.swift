import WebSocketProtocol

/// The head of an HTTP message as it was sent: a request, or a response.
public struct HTTPHead: Sendable {
  public var text: String

  public init(text: String) {
    self.text = text
  }

  public var lines: [String] { text.split(separator: "\r\n").map(String.init) }

  /// The request line, or the status line.
  public var firstLine: String { lines.first ?? "" }

  /// The value of a field; nil if there is none.
  public func value(_ name: String) -> String? {
    values(name).first
  }

  public func values(_ name: String) -> [String] {
    lines.dropFirst().filter { $0.lowercased().hasPrefix(name.lowercased() + ":") }
      .map { String($0.dropFirst(name.count + 1).drop { $0 == " " }) }
  }
}

// What answers a client's request.
extension HTTPHead {
  /// The accept value that belongs to the key of the request (RFC 6455 4.2.2); empty if the request has no valid key.
  public var accept: String {
    let key = HandshakeKey(received: Array((value("Sec-WebSocket-Key") ?? "").utf8))
    return key.map { String(decoding: $0.accept, as: UTF8.self) } ?? ""
  }

  /// The lines of a response that accepts.
  public var acceptanceLines: [String] {
    [
      "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Accept: \(accept)",
    ]
  }

  public var acceptance: String { response(acceptanceLines) }
}

/// Returns the text of a head with these lines: of a response, as a rule.
public func response(_ lines: [String]) -> String {
  lines.map { $0 + "\r\n" }.joined() + "\r\n"
}
