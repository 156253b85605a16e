public import PerMessageDeflate
internal import SystemPackage
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindConfiguration
public import WestwindSockets

/// Makes an already upgraded socket a WebSocket, in the server's role.
///
/// Whoever has read the client's request has also decided whether it is let in: nothing of that is looked at here.
///
/// - Parameters:
///   - socket: the connected socket; the response with status 101 has been sent on it.
///   - options: as for a client.
///   - received: bytes that the client sent behind its request: its first frames.
///   - compression: what the response has agreed to; nil for no compression. How hard to try is in `options`.
/// - Returns: the WebSocket's descriptor, to be freed with `websocketUnregister`, which closes the socket too, or with
///   `websocketDisconnect`, which does not.
///
/// Zephyr's function is `websocket_register`.
public func websocketRegister(
  _ socket: SocketDescriptor, options: WebSocketOptions = WebSocketOptions(), received: [UInt8] = [],
  compression: PerMessageDeflateParameters? = nil
) throws(WebSocketError) -> WebSocketDescriptor {
  guard BuildConfiguration.WEBSOCKET_SERVER else { throw .notSupported(symbol: "WEBSOCKET_SERVER") }
  guard compression == nil || PerMessageDeflateOptions.isSupported else {
    throw .notSupported(symbol: "WEBSOCKET_PERMESSAGE_DEFLATE")
  }
  try options.check()
  guard socket.isOpen else { throw .badDescriptor }
  var input = ByteQueue(options: options)
  guard received.count <= input.capacity else { throw .invalidArgument(.bufferTooSmall(minimum: received.count)) }
  if !received.isEmpty {
    // Sound: bytes have no padding.
    input.acquire(from: Allocator())
    unsafe input.append(received.span.bytes)
  }
  let place = try Registry.reserve(socket, maxContexts: options.maxContexts)
  return try register(socket, place, options: options, input: input, subprotocol: nil, compression: compression)
}

/// Reads a client's request on a socket just accepted, answers it, and makes the socket a WebSocket: a server's half
/// of the opening handshake, for programs that have no HTTP server.
///
/// - Parameters:
///   - socket: the connected socket; it stays the caller's where this throws.
///   - subprotocols: those that the server speaks, the one liked best first. The first that the client offers is
///     chosen; none where it offers none of them.
///   - options: as for a client; with `compression` a client's offer of permessage-deflate is taken.
///   - timeout: how long it may take in all, `onRequest` included.
///   - onRequest: looks at a request that is right as such, before it is answered, and throws where this client is not
///     to be let in: for its path, its `Origin`, what it says of who it is. Left out, everybody is let in, the pages of
///     every site in a browser too (RFC 6455 10.2).
/// - Throws: `handshake` where the request is not one for a WebSocket, or, with the cause `refused`, where `onRequest`
///   threw; it has been answered with its status. Close the socket.
///
///     let ws = try websocketUpgrade(socket, timeout: .seconds(5)) { request throws(HandshakeRefusal) in
///       guard request.path == "/chat" else { throw .notFound }
///       guard request.origin == "https://example.org" else { throw .forbidden }
///     }
///
/// Source: RFC 6455 4.2.
public func websocketUpgrade(
  _ socket: SocketDescriptor, subprotocols: [String] = [], options: WebSocketOptions = WebSocketOptions(),
  timeout: Timeout = .handshake, onRequest: ((HandshakeRequest) throws(HandshakeRefusal) -> Void)? = nil
) throws(WebSocketError) -> WebSocketDescriptor {
  guard BuildConfiguration.WEBSOCKET_SERVER else { throw .notSupported(symbol: "WEBSOCKET_SERVER") }
  try options.check()
  guard socket.isOpen else { throw .badDescriptor }
  var exchange = HandshakeExchange(socket: socket, options: options, deadline: Deadline(timeout))
  defer { exchange.release() }
  let place = try Registry.reserve(socket, maxContexts: options.maxContexts)
  let chosen: Chosen
  do throws(WebSocketError) {
    chosen = try answer(&exchange, subprotocols: subprotocols, options, onRequest)
  } catch {
    Registry.release(place)
    throw error
  }
  return try register(
    socket, place, options: options, input: exchange.finish(), subprotocol: chosen.subprotocol,
    compression: chosen.compression?.parameters)
}

/// What a server answers a client with.
private struct Chosen {
  var subprotocol: String?
  var compression: PerMessageDeflateAnswer?
}

private func answer(
  _ exchange: inout HandshakeExchange, subprotocols: [String], _ options: WebSocketOptions,
  _ onRequest: ((HandshakeRequest) throws(HandshakeRefusal) -> Void)?
) throws(WebSocketError) -> Chosen {
  let handshake: ServerHandshake
  let compression: PerMessageDeflateAnswer?
  do throws(WebSocketError) {
    let head = try exchange.receiveHead(limit: options.maxResponseHeadSize)
    do throws(HandshakeViolation) {
      handshake = try ServerHandshake(request: head)
      compression = try options.answerCompression(handshake.fields)
    } catch {
      throw .handshake(HandshakeError(.text(error)))
    }
  } catch {
    if case .handshake(let failure) = error, case .text(let violation) = failure.cause {
      try? exchange.send(ServerHandshake.refusal(of: violation))
    }
    throw error
  }
  do throws(HandshakeRefusal) {
    try onRequest?(HandshakeRequest(handshake))
  } catch {
    try? exchange.send(error.response)
    throw .handshake(HandshakeError(.refused(error)))
  }
  let chosen = subprotocols.first { handshake.subprotocols.contains(Array($0.utf8)) }
  try exchange.send(
    handshake.response(
      subprotocol: chosen.map { Array($0.utf8) }, extensions: compression.map { Array($0.text.utf8) }))
  return Chosen(subprotocol: chosen, compression: compression)
}

extension WebSocketOptions {
  fileprivate func answerCompression(_ fields: [HeaderField]) throws(HandshakeViolation) -> PerMessageDeflateAnswer? {
    do throws(NegotiationError) {
      return try compression?.answer(toOffers: fields.values(of: "sec-websocket-extensions"))
    } catch {
      throw .malformedField
    }
  }
}

/// The place has been reserved.
private func register(
  _ socket: SocketDescriptor, _ place: Layers.Place, options: WebSocketOptions, input: consuming ByteQueue,
  subprotocol: String?, compression: PerMessageDeflateParameters?
) throws(WebSocketError) -> WebSocketDescriptor {
  let connection: BlockingConnection
  do throws(WebSocketError) {
    connection = try BlockingConnection(
      role: .server, socket: socket, options: options, input: input, subprotocol: subprotocol, compression: compression)
  } catch {
    Registry.release(place)
    throw error
  }
  let descriptor = Registry.list(connection, place)
  connection.begin()
  return descriptor
}

/// Frees a WebSocket as `websocketDisconnect` does, and closes the socket below.
///
/// The socket is closed also where this throws, but for `badDescriptor` and `notAWebSocket`: then it is not this call's
/// to close.
///
/// - Parameters:
///   - descriptor: the WebSocket; its number is free again behind the call.
///   - timeout: how long sending and waiting may take in all; `.immediate` does not wait for the peer.
///
/// Zephyr's function is `websocket_unregister`.
public func websocketUnregister(
  _ descriptor: WebSocketDescriptor, timeout: Timeout = .close
) throws(WebSocketError) {
  let connection = try Registry.connectionToFree(descriptor)
  // One that was opened by URL closes what is below it by itself.
  let ownsSocket = Registry.stream(of: connection) != nil
  do throws(WebSocketError) {
    _ = try connection.disconnect([], deadline: Deadline(timeout))
  } catch {
    // Another thread ends it already, and the socket is that one's.
    if case .badDescriptor = error { throw error }
    if !ownsSocket { connection.closeSocket() }
    throw error
  }
  if !ownsSocket { connection.closeSocket() }
}
