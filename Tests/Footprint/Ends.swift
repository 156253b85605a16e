import SocketLayer
import TestSupport
import WebSocket

/// Two connected WebSockets over a pair of sockets.
struct Ends {
  enum Role: CaseIterable {
    case client
    case server
  }

  /// The end that is looked at.
  let ours: WebSocketDescriptor
  let theirs: WebSocketDescriptor
  private let sockets: (SocketDescriptor, SocketDescriptor)

  /// The ends have buffers of different sizes, so none takes the other's out of the pool.
  init(_ role: Role) throws {
    let sockets = try SocketDescriptor.pair()
    self.sockets = sockets
    let server = BlockingThread { () throws(WebSocketError) in
      try websocketUpgrade(sockets.1, options: Ends.options(bufferSize: 60_000))
    }
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.options = Ends.options(bufferSize: 50_000)
    let client = try websocketConnect(sockets.0, request)
    let other = try server.join()
    (ours, theirs) = role == .client ? (client, other) : (other, client)
  }

  private static func options(bufferSize: Int) -> WebSocketOptions {
    var options = WebSocketOptions()
    options.receiveBufferSize = bufferSize
    options.transmitBufferSize = bufferSize + 8
    return options
  }

  func close() throws {
    for ws in [ours, theirs] { _ = try? websocketDisconnect(ws, timeout: .immediate) }
    try sockets.0.close()
    try sockets.1.close()
  }
}
