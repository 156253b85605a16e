import PerMessageDeflate
import Westwind
import WestwindSockets
import WestwindTestSupport

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
  ///
  /// - Parameters:
  ///   - compresses: with permessage-deflate, and the default sizes or a little more.
  ///   - takesOver: with context takeover.
  init(_ role: Role, compresses: Bool = false, takesOver: Bool = true) throws {
    let sockets = try SocketDescriptor.pair()
    self.sockets = sockets
    let server = BlockingThread { () throws(WebSocketError) in
      let options = Ends.options(bufferSize: compresses ? 66_000 : 60_000, compresses, takesOver)
      return try websocketUpgrade(sockets.1, options: options)
    }
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.options = Ends.options(bufferSize: compresses ? 65_536 : 50_000, compresses, takesOver)
    let client = try websocketConnect(sockets.0, request)
    let other = try server.join()
    (ours, theirs) = role == .client ? (client, other) : (other, client)
  }

  private static func options(bufferSize: Int, _ compresses: Bool, _ takesOver: Bool) -> WebSocketOptions {
    var options = WebSocketOptions()
    options.receiveBufferSize = bufferSize
    options.transmitBufferSize = bufferSize + 8
    if compresses {
      options.compression = PerMessageDeflateOptions()
      options.compression?.minimumSize = 0
      options.compression?.clientNoContextTakeover = !takesOver
      options.compression?.serverNoContextTakeover = !takesOver
    }
    return options
  }

  func close() throws {
    for ws in [ours, theirs] { _ = try? websocketDisconnect(ws, timeout: .immediate) }
    try sockets.0.close()
    try sockets.1.close()
  }
}
