package import HTTPTypes
package import WebSocketProtocol
internal import WestwindSockets

/// Asks an HTTP proxy for a tunnel: CONNECT (RFC 9110 9.3.6).
struct HTTPTunnel {
  private let proxy: ProxyURL
  private let context: ConnectContext
  private let exchange: ProxyExchange
  /// What has come and is not read yet.
  private var input: [UInt8] = []

  /// - Parameter socket: a connection to the proxy; what is sent on it after `open` reaches the server.
  init(over socket: SocketDescriptor, proxy: ProxyURL, context: ConnectContext) {
    self.proxy = proxy
    self.context = context
    exchange = ProxyExchange(socket: socket, proxy: proxy, deadline: context.deadline)
  }

  /// - Parameter authority: the server's host and port.
  mutating func open(to authority: String) throws(ConnectError) {
    try exchange.send(Array(request(authority).utf8))
    var left = context.limits.head
    while true {
      let (head, count) = try receiveHead(limit: left)
      switch head.status {
      case 100..<200:
        // Interim ones are passed over (RFC 9110 15.2).
        left -= count
        if left <= 0 { throw failure(.headTooLarge(limit: context.limits.head)) }
      case 200..<300:
        // No body, whatever the head says (RFC 9110 9.3.6); and a server says nothing before it is asked.
        guard !head.hasMalformedField else { throw failure(.malformedField) }
        guard input.isEmpty else { throw exchange.failure(.unexpectedBytes(input.count)) }
        return
      default:
        var response = ProxyResponse(
          status: head.status, reason: String(decoding: head.reason, as: UTF8.self), fields: HTTPFields(head.fields),
          body: receiveBody(of: head))
        response.sentCredentials = proxy.credentials != nil
        throw exchange.failure(head.status == 407 ? .authenticationRequired(response) : .refused(response))
      }
    }
  }

  private func request(_ authority: String) -> String {
    let authorization = proxy.credentials.map { "Proxy-Authorization: \($0.basic)\r\n" } ?? ""
    return "CONNECT \(authority) HTTP/1.1\r\nHost: \(authority)\r\n\(authorization)\r\n"
  }

  /// - Returns: the head, and how many bytes it has.
  private mutating func receiveHead(limit: Int) throws(ConnectError) -> (ResponseHead, count: Int) {
    var reader = HeadReader(limit: limit, isResponse: true)
    while true {
      var index = 0
      do throws(HandshakeViolation) {
        let bytes = try reader.read(input.span, from: &index)
        input.removeFirst(index)
        if let bytes { return (try ResponseHead(bytes), bytes.count) }
      } catch {
        throw failure(error)
      }
      input += try exchange.receive(maxCount: HTTPTunnel.readSize)
    }
  }

  /// Reads the beginning of a response's body: up to the deadline if the head says how long it is, and otherwise as much as
  /// comes in a short time.
  private mutating func receiveBody(of head: ResponseHead) -> [UInt8] {
    let limit = min(max(0, context.limits.errorBody), 1 << 30)
    let isAnnounced = head.isChunked || head.contentLength != nil
    let end = isAnnounced ? context.deadline : min(context.deadline, Deadline.now.adding(.milliseconds(500)))
    let wanted = head.isChunked ? 2 * limit : min(head.contentLength ?? limit, limit)
    while input.count < wanted, !(head.isChunked && ChunkedBody(input).isOver) {
      guard let more = try? exchange.socket.recv(maxCount: wanted - input.count, timeout: end.timeLeft), !more.isEmpty
      else { break }
      input += more
      // A proxy that never stops sending does not make this outlast its time.
      if end.hasPassed { break }
    }
    return Array((head.isChunked ? ChunkedBody(input).data : input).prefix(head.isChunked ? limit : wanted))
  }

  private func failure(_ violation: HandshakeViolation) -> ConnectError {
    let why =
      switch violation {
      case .versionTooOld: "the peer speaks HTTP, but a version before 1.1"
      case .malformedField: "the peer's head has a malformed header field"
      case .headTooLarge(let limit): "the peer's head is over the limit of \(limit) bytes (maxResponseHeadSize)"
      default: "the peer does not speak HTTP/1.1"
      }
    return exchange.failure(.notHTTP(why))
  }

  /// Heads have a few hundred bytes.
  private static let readSize = 4096
}

extension HTTPFields {
  /// The schemes of the challenges in a field (RFC 9110 11.3): the first word of each, and of what follows a comma, if no `=`
  /// is behind it. They are for people to read.
  package func challengeSchemes(_ name: HTTPField.Name) -> [String] {
    var schemes: [String] = []
    for value in self[values: name] {
      for part in value.split(separator: ",") {
        let words = part.split(separator: " ", maxSplits: 1)
        guard let word = words.first, !word.contains("="), !word.contains("\"") else { continue }
        if words.count == 1 || !words[1].hasPrefix("=") { schemes.append(String(word)) }
      }
    }
    return schemes
  }

  /// The fields of a peer's head.
  package init(_ fields: [HeaderField]) {
    self.init()
    for field in fields {
      guard let name = HTTPField.Name(String(decoding: field.name, as: UTF8.self)) else { continue }
      append(HTTPField(name: name, value: String(decoding: field.value, as: UTF8.self)))
    }
  }
}
