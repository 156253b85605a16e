import Westwind
import WestwindSockets
import WestwindTestSupport

/// One try to open a WebSocket against a peer that follows a script.
struct Attempt {
  var result: Result<WebSocketDescriptor, WebSocketError>
  /// What `onResponse` was called with, once per call.
  var responses: [HandshakeResponse] = []
  var elapsed = Duration.zero
  let socket: SocketDescriptor
  let peer: RawPeer

  /// The error; nil where the connection came about.
  var error: WebSocketError? {
    if case .failure(let error) = result { error } else { nil }
  }
}

/// Connects over a wire to a peer that does as `script` says, lets `body` look at the outcome, and frees all of it.
///
/// The script runs on a thread of its own. Where the connection does not come about the peer may find its end of the
/// stream closed at any moment, so what the script throws then is no failure.
func withAttempt<R>(
  over wire: Wire = .tcp, timeout: Timeout = patience, _ configure: (inout WebSocketRequest) -> Void = { _ in },
  peer script: @escaping @Sendable (RawPeer) throws -> Void, _ body: (Attempt) throws -> R
) throws -> R {
  let (socket, peer) = try wire.open()
  return try withAttempt(socket, peer, timeout: timeout, configure, peer: script, body)
}

/// The same over two ends that are there already.
func withAttempt<R>(
  _ socket: SocketDescriptor, _ peer: RawPeer, timeout: Timeout = patience,
  _ configure: (inout WebSocketRequest) -> Void = { _ in }, peer script: @escaping @Sendable (RawPeer) throws -> Void,
  _ body: (Attempt) throws -> R
) throws -> R {
  defer { peer.close() }
  let server = BlockingThread { try script(peer) }
  var request = WebSocketRequest(host: "localhost", url: "/")
  configure(&request)
  let next = request.onResponse
  var responses: [HandshakeResponse] = []
  request.onResponse = {
    responses.append($0)
    next?($0)
  }
  var result: Result<WebSocketDescriptor, WebSocketError>!
  let elapsed = ContinuousClock().measure {
    do throws(WebSocketError) {
      result = .success(try websocketConnect(socket, request, timeout: timeout))
    } catch {
      result = .failure(error)
    }
  }
  let attempt = Attempt(result: result, responses: responses, elapsed: elapsed, socket: socket, peer: peer)
  if attempt.error != nil {
    try? socket.close()
    try? server.join()
    return try body(attempt)
  }
  defer {
    if let ws = try? attempt.result.get() { _ = try? websocketDisconnect(ws, timeout: .immediate) }
    try? socket.close()
  }
  try server.join()
  return try body(attempt)
}

/// Connects to a peer that answers the request with a text, and gives back the outcome. The connection is gone.
func attempt(
  over wire: Wire = .tcp, timeout: Timeout = patience, _ configure: (inout WebSocketRequest) -> Void = { _ in },
  answer: @escaping @Sendable (HTTPHead) -> String
) throws -> Attempt {
  try withAttempt(over: wire, timeout: timeout, configure, peer: { try $0.write(answer($0.readHead())) }) { $0 }
}
