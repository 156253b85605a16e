internal import HTTPTypes
internal import SystemPackage
internal import WebSocketProtocol
internal import WestwindConfiguration
public import WestwindConnecting
public import WestwindSockets

/// Opens a WebSocket by URL: looks up the name, connects, goes through a proxy where one is asked for, speaks TLS, and
/// shakes hands, all under one deadline.
///
/// - Parameters:
///   - url: `ws://`, `wss://` or `ws+unix://`; see `WebSocketURL`.
///   - request: what to ask for: fields, subprotocols, callbacks, options of the WebSocket. `host` and `url` in it are
///     set here, and `Authorization` from the URL's user, unless the request has one.
///   - options: how to get there.
///   - timeout: how long it may take in all. One that is over says where: `WebSocketError.timedOutPhase`.
/// - Returns: the connection, which owns its sockets.
/// - Throws: `invalidArgument`, before anything is sent: the URL or the request is wrong. `connect`: the options are
///   wrong, or the server was not reached. `redirect`: a redirect was not followed. `handshake`, `refused`, `tooManyContexts` and so on as by the call on a socket.
///   Nothing is left open.
///
/// Source: RFC 6455 3, 4.1; RFC 8305.
public func websocketConnect(
  url: String, request: WebSocketRequest = WebSocketRequest(), options: ConnectOptions = ConnectOptions(),
  timeout: Timeout = .connect
) throws(WebSocketError) -> WebSocketConnection {
  let parsed: WebSocketURL
  do throws(ServerURLError) {
    parsed = try WebSocketURL(url)
  } catch {
    throw .invalidArgument(.url(error))
  }
  return try websocketConnect(url: parsed, request: request, options: options, timeout: timeout)
}

/// Opens a WebSocket by URL, as the form that takes a text does.
public func websocketConnect(
  url: WebSocketURL, request: WebSocketRequest = WebSocketRequest(),
  options: ConnectOptions = ConnectOptions(), timeout: Timeout = .connect
) throws(WebSocketError) -> WebSocketConnection {
  guard BuildConfiguration.WEBSOCKET_CLIENT else { throw .notSupported(symbol: "WEBSOCKET_CLIENT") }
  let deadline = Deadline(timeout)
  var journey = URLConnector(url: url, request: request, options: options, deadline: deadline)
  while true {
    do throws(WebSocketError) {
      return try journey.connect()
    } catch {
      guard case .handshake(let failure) = error, try journey.follow(failure) else { throw error }
    }
  }
}
