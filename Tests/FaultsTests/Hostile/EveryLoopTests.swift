import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindConnecting
import WestwindSockets
import WestwindTestSupport

/// Every loop that goes round under a deadline, against a peer that floods it with what does not count: back within the
/// deadline, and within 250 ms with `WESTWIND_LATENESS=250` on a quiet machine. (What floods TLS is in `Tests/CTests/Programs/tls_flood.c`.)
@Suite(.serialized) struct EveryLoopTests {
  private static let time = Timeout.milliseconds(300)

  /// Runs a call that has `time`, and says how late it was.
  private static func check(_ name: Comment, _ call: () throws -> Void) {
    let elapsed = ContinuousClock().measure { try? call() }
    #expect(elapsed < .milliseconds(300) + lateness(), name)
  }

  // MARK: Before there is a WebSocket

  @Test func `interim responses do not make the handshake outlast its time`() throws {
    try withFlood(of: "HTTP/1.1 100 \r\n\r\n") { address in
      let socket = try SocketDescriptor.open(.ipv4)
      defer { try? socket.close() }
      try socket.connect(to: address)
      var request = WebSocketRequest(host: "localhost", url: "/")
      request.options.maxResponseHeadSize = .max
      Self.check("websocketConnect") { _ = try websocketConnect(socket, request, timeout: Self.time) }
    }
  }

  @Test(arguments: ["HTTP/1.1 100 \r\n\r\n", "HTTP/1.1 403 No\r\n\r\nxxxxxxxxxxxxxxxxxx"])
  func `a proxy's bytes do not make connecting outlast its time`(unit: String) throws {
    try withFlood(of: unit) { address in
      var request = WebSocketRequest()
      request.options.maxResponseHeadSize = .max
      request.options.maxErrorBodySize = 1 << 28
      var options = ConnectOptions()
      options.proxy = .url("http://127.0.0.1:\(address.port ?? 0)")
      Self.check("by an HTTP proxy") {
        _ = try websocketConnect(url: "ws://server.example/", request: request, options: options, timeout: Self.time)
      }
    }
  }

  // MARK: On a WebSocket

  enum Unit: String, CaseIterable, Sendable {
    case ping = "PING"
    case pong = "PONG"
    case emptyFragments = "empty fragments"
    case emptyMessages = "empty messages"

    /// The first frame, and those that come without end.
    fileprivate var frames: (first: [RawFrame], rest: [RawFrame]) {
      switch self {
      case .ping: ([], [RawFrame(RawFrame.ping, [])])
      case .pong: ([], [RawFrame(RawFrame.pong, [])])
      case .emptyFragments:
        ([RawFrame(RawFrame.binary, [], isFinal: false)], [RawFrame(RawFrame.continuation, [], isFinal: false)])
      case .emptyMessages: ([], [RawFrame(RawFrame.binary, [])])
      }
    }
  }

  @Test(arguments: Unit.allCases, FaultSetting.Side.allCases)
  func `no call on a WebSocket outlasts its time`(unit: Unit, side: FaultSetting.Side) throws {
    let calls: [(Comment, (WebSocketDescriptor) throws -> Void)] = [
      (
        "recvMsg",
        { ws in
          // An empty frame is told once.
          for _ in 0..<3 { _ = try ws.recvMsg(maxCount: 100, timeout: Self.time) }
        }
      ),
      ("recv", { ws in _ = try ws.descriptor.recv(maxCount: 100, timeout: Self.time) }),
      ("recv of all", { ws in _ = try ws.descriptor.recv(maxCount: 100, flags: .waitForAll, timeout: Self.time) }),
      ("receiveMessage", { ws in _ = try ws.receiveMessage(timeout: Self.time) }),
      ("peekMsg", { ws in _ = try ws.peekMsg(timeout: Self.time) }),
      ("poll", { ws in _ = try ws.descriptor.poll(for: .readable, timeout: Self.time) }),
      ("sendMsg", { ws in _ = try ws.sendMsg([1, 2, 3], timeout: Self.time) }),
      ("websocketDisconnect", { ws in _ = try websocketDisconnect(ws, timeout: Self.time) }),
    ]
    let frames = unit.frames
    _ = try withConnection(as: side) { peer in
      do throws(RawPeer.Trouble) {
        try peer.write(peer.encoded(frames.first))
        let chunk = peer.encoded([RawFrame](repeating: frames.rest[0], count: 20_000))
        while true { try peer.write(chunk) }
      } catch {}
    } _: { ws in
      for (name, call) in calls { Self.check("\(unit.rawValue): \(name)") { try call(ws) } }
    }
  }

  // MARK: Peers that are quick, but not as quick as the payload is long

  @Test func `a peer that reads all the time does not make a large frame outlast its time`() throws {
    let payload = [UInt8](repeating: 1, count: 256 << 20)
    _ = try withConnection { peer in
      do throws(RawPeer.Trouble) { while true { _ = try peer.read(512) } } catch {}
    } _: { ws in
      Self.check("sendMsg") { try ws.sendMsg(payload, timeout: Self.time) }
    }
    let (a, b) = try SocketDescriptor.pair()
    let reading = BlockingThread { while try !b.recv(maxCount: 512).isEmpty {} }
    Self.check("send") { try a.send(payload, timeout: Self.time) }
    try a.close()
    try reading.join()
    try b.close()
  }

  @Test func `a peer that sends all the time does not make a receive of much outlast its time`() throws {
    let (a, b) = try SocketDescriptor.pair()
    let sending = BlockingThread { while (try? b.send([1, 2, 3, 4])) != nil {} }
    Self.check("recv of all") { _ = try a.recv(maxCount: 256 << 20, flags: .waitForAll, timeout: Self.time) }
    try a.close()
    try sending.join()
    try b.close()
  }

  /// A server that answers whatever comes with one text over and over, until nobody takes it any more.
  private func withFlood(of unit: String, _ body: (SocketAddress) throws -> Void) throws {
    let listener = try SocketDescriptor.open(.ipv4)
    defer { try? listener.close() }
    try listener.bind(to: .loopback(port: 0))
    try listener.listen()
    let chunk = Array(String(repeating: unit, count: 4096).utf8)
    let server = BlockingThread {
      let socket = try listener.accept(timeout: .seconds(20))
      defer { try? socket.close() }
      _ = try socket.recv(maxCount: 4096, timeout: .seconds(20))
      while (try? socket.send(chunk, timeout: .seconds(20))) == chunk.count {}
    }
    try body(listener.getsockname())
    try? server.join()
  }
}
