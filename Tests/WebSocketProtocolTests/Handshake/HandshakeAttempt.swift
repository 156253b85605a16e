import WebSocketProtocol

/// A client's request, as far as an answer depends on it.
struct RequestText {
  /// The accept value that belongs to the key (RFC 6455 4.2.2).
  var accept: String { SampleHandshake.accept }

  /// The lines of a response that accepts.
  var acceptanceLines: [String] {
    [
      "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Accept: \(accept)",
    ]
  }
}

/// The text of a response's head.
func response(_ lines: [String]) -> String {
  lines.map { $0 + "\r\n" }.joined() + "\r\n"
}

/// What a client says to a server's answer.
///
/// - Returns: nil if it takes the answer.
func violation(
  offering subprotocols: [String] = [], answer: (RequestText) -> String
) throws -> HandshakeViolation? {
  let client = try ClientHandshake(key: SampleHandshake.key, subprotocols: subprotocols.map { $0.bytes })
  do throws(HandshakeViolation) {
    guard let head = try head([answer(RequestText()).bytes]).head else { return .notHTTP }
    _ = try client.check(try ResponseHead(head))
    return nil
  } catch {
    return error
  }
}
