import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// The callback that may refuse a connection.
struct OnConnectTests {
  struct Refusal: Error, CustomStringConvertible {
    var description = "not today"
  }

  @Test func `it is called once, with the descriptor and the response, before the connect returns`() throws {
    var calls: [(WebSocketDescriptor, HandshakeResponse)] = []
    try withAttempt {
      $0.subprotocols = ["a"]
      $0.onConnect = { calls.append(($0, $1)) }
    } peer: { peer in
      try peer.write(response(try peer.readHead().acceptanceLines + ["Sec-WebSocket-Protocol: a", "Server: raw"]))
    } _: { attempt in
      let ws = try attempt.result.get()
      #expect(calls.count == 1)
      #expect(calls.first?.0 == ws)
      #expect(calls.first?.1 == attempt.responses.first)
      #expect(calls.first?.1.status == 101)
      #expect(calls.first?.1.subprotocol == "a")
      #expect(calls.first?.1.body == [])
    }
  }

  @Test func `it may send and receive already`() throws {
    var received: WebSocketMessage?
    try withAttempt {
      $0.onConnect = { ws, _ in
        try ws.sendMsg("hello")
        received = try ws.receiveMessage(timeout: patience)
      }
    } peer: { peer in
      try peer.acceptHandshake()
      try peer.write(Frame(.text, try peer.readFrame().payload).bytes)
    } _: { attempt in
      #expect(attempt.error == nil)
      #expect(received?.text == "hello")
    }
  }

  @Test(arguments: Wire.allCases)
  func `what it throws refuses the connection: the peer gets CLOSE, and the error says why`(wire: Wire) throws {
    try withAttempt(over: wire) {
      $0.onConnect = { _, _ in throw Refusal() }
    } peer: { peer in
      try peer.acceptHandshake()
    } _: { attempt in
      #expect(attempt.error == .refused("not today"))
      #expect(attempt.error?.errno == .connectionAbort)
      let frame = try attempt.peer.readFrame()
      #expect(frame.unmasked == Frame(.close))
    }
  }

  @Test func `a refused connection frees its descriptor and its place: the same socket can be connected again`() throws
  {
    let (socket, peer) = try Wire.tcp.open()
    defer {
      try? socket.close()
      peer.close()
    }
    let server = BlockingThread {
      for _ in 0..<3 {
        try peer.acceptHandshake()
        _ = try peer.readFrame()
      }
      try peer.acceptHandshake()
    }
    var refused: [WebSocketDescriptor] = []
    for _ in 0..<3 {
      var request = WebSocketRequest(host: "localhost", url: "/")
      request.onConnect = { ws, _ in
        refused.append(ws)
        throw Refusal()
      }
      #expect(failure { try websocketConnect(socket, request, timeout: patience) } == .refused("not today"))
      #expect(!websocketContexts().contains { $0.socket == socket })
    }
    let ws = try websocketConnect(socket, WebSocketRequest(host: "localhost", url: "/"), timeout: patience)
    #expect(refused.count == 3)
    try server.join()
    #expect(websocketContexts().contains { $0.descriptor == ws && $0.socket == socket })
    _ = try websocketDisconnect(ws, timeout: .immediate)
  }
}
