import SampleSupport
import SystemPackage
import WebSocketProtocol
import Westwind
import WestwindSockets

/// An echo server in this process, on a free port of the loopback address: a thread per connection.
///
/// Every frame goes back as it came: same type, same bytes, final if it was final. A frame larger than the buffer goes
/// back in fragments.
struct EchoServer {
  let url: WebSocketURL
  private let listener: SocketDescriptor
  private let acceptor: Thread

  /// Starts to listen. It speaks what the client's options offer; `bufferSize` is in bytes, per connection.
  init(_ options: ConnectionOptions, bufferSize: Int) throws(Failure) {
    do {
      let listener = try SocketDescriptor.open(.ipv4)
      try listener.bind(to: .loopback(port: 0))
      try listener.listen()
      url = try WebSocketURL("ws://\(try listener.getsockname())/")
      self.listener = listener
    } catch {
      throw .network("cannot listen on the loopback address: \(error); name a server with --url")
    }
    let listener = listener
    let subprotocols = options.handshake.subprotocol
    var served = WebSocketOptions()
    served.compression = options.compression
    let options = served
    acceptor = try Thread {
      while let socket = try? listener.accept() {
        let connection = try? Thread {
          serve(socket, subprotocols, options, bufferSize: bufferSize)
        }
        if let connection { connection.detach() } else { try? socket.close() }
      }
    }
  }

  /// Takes no more connections; those that are open end with their clients.
  func stop() {
    // Closing alone would not wake the thread that is blocked in `accept`.
    try? listener.shutdown(.readWrite)
    acceptor.join()
    try? listener.close()
  }
}

/// Serves one connection until it ends, then closes its socket.
private func serve(
  _ socket: SocketDescriptor, _ subprotocols: [String], _ options: WebSocketOptions, bufferSize: Int
) {
  guard let ws = try? websocketUpgrade(socket, subprotocols: subprotocols, options: options) else {
    try? socket.close()
    return
  }
  defer { try? websocketUnregister(ws) }
  let buffer = ReceiveBuffer(size: bufferSize)
  var isInsideMessage = false
  while let frame = try? buffer.fill(by: { try ws.recvMsg(into: &$0) }), frame.isText || frame.isBinary {
    let opcode: Opcode = isInsideMessage ? .continuation : frame.isText ? .text : .binary
    let sent = try? buffer.withBytes { try ws.sendMsg($0, opcode: opcode, final: frame.endsMessage) }
    guard sent != nil else { return }
    isInsideMessage = !frame.endsMessage
  }
}
