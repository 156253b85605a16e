extension RawPeer {
  /// Reads an HTTP head, to the empty line.
  private mutating func readHead() throws(Trouble) -> [String] {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
      head += try read(1)
      guard head.count < 16384 else { throw .broken("a head without end") }
    }
    return String(decoding: head.dropLast(4), as: UTF8.self).split(separator: "\r\n").map { String($0) }
  }

  /// The server's half: reads the request and answers it.
  ///
  /// - Parameter frames: the first frames, in the same segment as the answer.
  mutating func accept(subprotocol: String? = nil, followedBy frames: [RawFrame] = []) throws(Trouble) {
    let request = try readHead()
    guard request[0].hasPrefix("GET "), let key = value(of: "sec-websocket-key", in: request) else {
      throw .broken("no request for a WebSocket: \(request)")
    }
    var response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    response += "Sec-WebSocket-Accept: \(Self.accept(for: key))\r\n"
    if let subprotocol { response += "Sec-WebSocket-Protocol: \(subprotocol)\r\n" }
    if let compression { response += "Sec-WebSocket-Extensions: \(compression.text)\r\n" }
    try write(Array((response + "\r\n").utf8) + encoded(frames))
  }

  /// The server's half of a handshake that it does not want.
  mutating func refuse(status: String, body: [UInt8]) throws(Trouble) {
    _ = try readHead()
    try write(Array("HTTP/1.1 \(status)\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
  }

  /// The client's half: sends the request, and checks the answer.
  ///
  /// - Parameter frames: the first frames, in the same segment as the request.
  mutating func request(subprotocol: String? = nil, followedBy frames: [RawFrame] = []) throws(Trouble) {
    let key = base64(Array("sixteen bytes..!".utf8))
    var request = "GET /fixed HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    request += "Sec-WebSocket-Key: \(key)\r\nSec-WebSocket-Version: 13\r\n"
    if let subprotocol { request += "Sec-WebSocket-Protocol: \(subprotocol)\r\n" }
    if let compression { request += "Sec-WebSocket-Extensions: \(compression.text)\r\n" }
    try write(Array((request + "\r\n").utf8) + encoded(frames))
    let response = try readHead()
    guard response[0].hasPrefix("HTTP/1.1 101 "),
      value(of: "sec-websocket-accept", in: response) == Self.accept(for: key),
      value(of: "sec-websocket-protocol", in: response) == subprotocol,
      value(of: "sec-websocket-extensions", in: response) == compression?.text
    else { throw .broken("not the answer to the request: \(response)") }
  }

  /// RFC 6455 4.2.2.
  private static func accept(for key: String) -> String {
    base64(sha1(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
  }

  private func value(of name: String, in head: [String]) -> String? {
    for line in head.dropFirst() where line.lowercased().hasPrefix(name + ":") {
      return String(line.dropFirst(name.count + 1).drop { $0 == " " })
    }
    return nil
  }
}
