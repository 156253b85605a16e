import Glibc
import PerMessageDeflate
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTLS

/// The largest message of the suite is 16 MiB (9.1.6, 9.2.6).
private let largestMessage = 64 << 20

/// No case keeps quiet for longer than a few seconds.
private let patience = Timeout.seconds(60)

extension FuzzingServer {
  /// The one message that the server answers a question with.
  func ask(_ resource: String) throws -> String {
    try withConnection(resource) { connection in
      let answer = try connection.receiveMessage(maxSize: 1 << 20, timeout: patience)
      guard let text = answer.text else { throw Failure("\(resource): the answer is not text") }
      return text
    }
  }

  /// Sends back every message as it came, until the server closes or breaks the protocol.
  ///
  /// What ends the connection is for the server to judge; only silence is an error here.
  func echoUntilClosed(_ resource: String) throws {
    try withConnection(resource) { connection in
      do throws(WebSocketError) {
        while true {
          switch try connection.receiveMessage(maxSize: largestMessage, timeout: patience) {
          case .text(let text): try connection.sendMsg(text, timeout: patience)
          case .binary(let bytes): try connection.sendMsg(bytes, opcode: .binary, timeout: patience)
          case .close, .ping, .pong: return
          }
        }
      } catch {
        switch error {
        case .wouldBlock, .timedOut: throw Failure("\(resource): the server is silent: \(error)")
        default: return
        }
      }
    }
  }

  /// Opens a WebSocket over a new TCP connection, and closes both whatever `body` does.
  private func withConnection<R>(
    _ resource: String, _ body: (WebSocketDescriptor) throws -> R
  ) throws -> R {
    let socket = try openSocket()
    defer {
      awaitEnd(of: socket)
      try? socket.close()
    }
    var request = WebSocketRequest(host: "\(host):\(port)", url: resource)
    request.options.maxMessageSize = largestMessage
    var compression = PerMessageDeflateOptions()
    compression.minimumSize = 0  // every message, so that every size is looked at
    request.options.compression = compression
    let stream = try isSecure ? secure(socket) : socket
    defer {
      if stream != socket {
        awaitEnd(of: stream)
        try? stream.close()
      }
    }
    let connection = try websocketConnect(stream, request, timeout: patience)
    // fails where the connection has failed before, which is what half of the cases are about
    defer { _ = try? websocketDisconnect(connection, timeout: .seconds(5)) }
    return try body(connection)
  }

  private func secure(_ socket: SocketDescriptor) throws -> SocketDescriptor {
    var options = TLSOptions()
    options.hostName = host
    if let authorities { options.trustRoots = .file(authorities) }
    return try tlsConnect(socket, options, timeout: patience)
  }

  private func openSocket() throws -> SocketDescriptor {
    var failure = Failure("\(host) has no address")
    for address in try SocketAddress.resolve(host: host, port: port) {
      do {
        let socket = try SocketDescriptor.open(address.family ?? .ipv4)
        do {
          try socket.connect(to: address, timeout: .seconds(10))
          try socket.setsockopt(level: CInt(IPPROTO_TCP), name: TCP_NODELAY, value: 1)
          return socket
        } catch {
          try? socket.close()
          throw error
        }
      } catch {
        failure = Failure("cannot connect to \(address): \(error)")
      }
    }
    throw failure
  }

  /// RFC 6455 7.1.1: the server closes the TCP connection first.
  private func awaitEnd(of socket: SocketDescriptor) {
    try? socket.shutdown(.write)
    while let bytes = try? socket.recv(maxCount: 65536, timeout: .seconds(1)), !bytes.isEmpty {}
  }
}
