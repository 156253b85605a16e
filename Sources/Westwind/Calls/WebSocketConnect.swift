internal import HTTPTypes
internal import PerMessageDeflate
internal import SystemPackage
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindConfiguration
public import WestwindSockets
internal import WestwindTLS

/// Opens a WebSocket over a connected stream socket, as a client.
///
/// The socket stays the caller's: it has to stay open while the WebSocket is, and the caller closes it afterwards.
/// Bytes that came right behind the response are the first frames.
///
/// - Parameters:
///   - socket: a connected TCP socket, or any descriptor that is a stream of bytes.
///   - request: what to ask for.
///   - timeout: how long it may take in all.
/// - Returns: the WebSocket's descriptor, to be freed with `websocketDisconnect`.
/// - Throws: `handshake`, with the cause and the response where there was one: close the socket.
///   `invalidArgument` and `socketInUse`: nothing was sent, mend the call. `tooManyContexts`, `refused`, `system`.
///
/// Source: RFC 6455 4.1. Zephyr's function is `websocket_connect`.
public func websocketConnect(
  _ socket: SocketDescriptor, _ request: WebSocketRequest, timeout: Timeout = .handshake
) throws(WebSocketError) -> WebSocketDescriptor {
  guard BuildConfiguration.WEBSOCKET_CLIENT else { throw .notSupported(symbol: "WEBSOCKET_CLIENT") }
  try request.options.check()
  let deadline = Deadline(timeout)
  let key = RandomPool.handshakeKey()
  let text = try RequestText(request, key: key)
  guard socket.isOpen else { throw .badDescriptor }
  let place = try Registry.reserve(socket, maxContexts: request.options.maxContexts)
  let (connection, response): (BlockingConnection, HandshakeResponse?)
  do throws(WebSocketError) {
    (connection, response) = try shakeHands(socket, request, text, key, deadline: deadline)
  } catch {
    Registry.release(place)
    // An alert that ended TLS says more than the number of its error.
    if case .handshake(let failure) = error, case .connectionLost = failure.cause, let refusal = tlsRefusal(socket) {
      throw .handshake(HandshakeError(.tls(refusal)))
    }
    throw error
  }
  let descriptor = Registry.list(connection, place)
  connection.begin()
  do {
    if let response { try request.onConnect?(descriptor, response) }
  } catch {
    _ = try? connection.disconnect([], deadline: .immediate)
    throw .refused("\(error)")
  }
  return descriptor
}

/// - Returns: the connection, and the response where the caller wants to see it.
private func shakeHands(
  _ socket: SocketDescriptor, _ request: WebSocketRequest, _ text: RequestText, _ key: HandshakeKey,
  deadline: Deadline
) throws(WebSocketError) -> (BlockingConnection, HandshakeResponse?) {
  var exchange = HandshakeExchange(socket: socket, options: request.options, deadline: deadline)
  defer { exchange.release() }
  var handshake = text.handshake
  var sentCredentials = text.hasCredentials
  if let callback = request.optionalHeadersCallback {
    try exchange.send(text.head.opening)
    do throws(Errno) {
      let fields = try socket.writeHeaders(by: callback)
      handshake.noteOffered(fields.list(of: "sec-websocket-protocol"))
      sentCredentials = sentCredentials || fields.contains { $0.isNamed("authorization") }
    } catch {
      throw .handshake(HandshakeError(.connectionLost(error)))
    }
    try exchange.send(handshake.closing)
  } else {
    try exchange.send(text.head.opening + text.head.closing)
  }

  let head = try receiveResponse(&exchange, limit: request.options.maxResponseHeadSize)
  let subprotocol: [UInt8]?
  do throws(HandshakeViolation) {
    subprotocol = try handshake.check(head)
  } catch {
    let body =
      head.status == 101
      ? [] : exchange.receiveBody(of: head, limit: request.options.maxErrorBodySize)
    let response = HandshakeResponse(head, body: body)
    request.onResponse?(response)
    throw .handshake(HandshakeError(.text(error), response: response, sentCredentials: sentCredentials))
  }
  let compression: PerMessageDeflateParameters?
  do throws(NegotiationError) {
    compression = try request.options.compression?.parameters(
      fromAnswer: head.fields.values(of: "sec-websocket-extensions"))
  } catch {
    let response = HandshakeResponse(head)
    request.onResponse?(response)
    throw .handshake(HandshakeError(.extensions(error), response: response))
  }
  let chosen = subprotocol.map { String(decoding: $0, as: UTF8.self) }
  var response: HandshakeResponse?
  if request.onResponse != nil || request.onConnect != nil {
    response = HandshakeResponse(head, subprotocol: chosen, compression: compression)
  }
  if let response { request.onResponse?(response) }
  let connection = try BlockingConnection(
    role: .client, socket: socket, options: request.options, input: exchange.finish(), subprotocol: chosen,
    compression: compression)
  return (connection, response)
}

/// Reads the final response: interim ones (100, 103) are passed over (RFC 9110 15.2).
private func receiveResponse(
  _ exchange: inout HandshakeExchange, limit: Int
) throws(WebSocketError) -> ResponseHead {
  var left = limit
  while true {
    do throws(WebSocketError) {
      let bytes = try exchange.receiveHead(limit: left, isResponse: true)
      left -= bytes.count
      let head = try response(bytes)
      if head.status == 101 || head.status >= 200 { return head }
    } catch {
      // What is told is the limit of them all.
      if case .handshake(let failure) = error, case .text(.headTooLarge) = failure.cause {
        left = 0
      } else {
        throw error
      }
    }
    guard left > 0 else { throw .handshake(HandshakeError(.text(.headTooLarge(limit: limit)))) }
  }
}

private func response(_ head: [UInt8]) throws(WebSocketError) -> ResponseHead {
  do throws(HandshakeViolation) {
    return try ResponseHead(head)
  } catch {
    throw .handshake(HandshakeError(.text(error)))
  }
}

/// The request's text, made from what the caller gave.
struct RequestText {
  let handshake: ClientHandshake
  let head: ClientHandshake.RequestHead
  /// The caller's fields say who it is.
  let hasCredentials: Bool

  init(_ request: WebSocketRequest, key: HandshakeKey) throws(WebSocketError) {
    do throws(HandshakeTextError) {
      var fields: [HeaderField] = []
      var subprotocols = request.subprotocols.map { Array($0.utf8) }
      for line in request.optionalHeaders {
        let field = try HeaderField(line: Array(line.utf8))
        if field.isNamed("sec-websocket-protocol") {
          subprotocols += [field].list(of: "sec-websocket-protocol")
        } else {
          fields.append(field)
        }
      }
      hasCredentials = fields.contains { $0.isNamed("authorization") }
      handshake = try ClientHandshake(
        key: key, subprotocols: subprotocols, extensions: request.options.compression.map { Array($0.offer.utf8) })
      head = try handshake.request(
        target: Array(request.url.utf8), host: Array(request.host.utf8), origin: request.origin.map { Array($0.utf8) },
        fields: fields)
    } catch {
      throw .invalidArgument(.handshakeText(error))
    }
  }
}
