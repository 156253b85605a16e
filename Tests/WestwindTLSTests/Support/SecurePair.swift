import Westwind
import WestwindSockets
import WestwindTestSupport

/// Both ends of a WebSocket over TLS.
struct SecurePair {
  let tls: TLSPair
  let client: WebSocketDescriptor
  let server: WebSocketDescriptor

  init(over sockets: (SocketDescriptor, SocketDescriptor)? = nil) throws {
    tls = try TLSPair(over: sockets)
    let below = tls.server
    let upgrading = BlockingThread { try websocketUpgrade(below, timeout: .seconds(20)) }
    client = try websocketConnect(tls.client, WebSocketRequest(host: "localhost", url: "/"), timeout: .seconds(20))
    server = try upgrading.join()
  }

  func close() throws {
    for ws in [client, server] { _ = try? websocketDisconnect(ws, timeout: .immediate) }
    try tls.close()
  }
}
