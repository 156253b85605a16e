import HTTPTypes
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// One WebSocket per socket, and so many per process.
struct ContextPlaceTests {
  static var request: WebSocketRequest { WebSocketRequest(host: "localhost", url: "/") }

  @Test func `a second WebSocket over the same socket is EEXIST, in either role, and harms the first in nothing`()
    throws
  {
    try withSession { session in
      #expect(failure { try websocketConnect(session.socket, Self.request, timeout: patience) } == .socketInUse)
      let error = failure { try websocketRegister(session.socket) }
      #expect(error == .socketInUse)
      #expect(error?.errno == .fileExists)
      try session.ws.sendMsg("still there")
      #expect(try session.peer.readFrame().payload.text == "still there")
    }
  }

  @Test func `behind the disconnect the socket is free for the next`() throws {
    let (socket, peer) = try memoryPair()
    defer {
      try? socket.close()
      peer.close()
    }
    for _ in 0..<3 {
      let ws = try websocketRegister(socket)
      _ = try websocketDisconnect(ws, timeout: .immediate)
    }
  }

  @Test func `more WebSockets than the limit are ENOENT, the limit named, and nothing is sent`() throws {
    try withSession { _ in
      let (socket, peer) = try Wire.tcp.open()
      defer { peer.close() }
      var request = Self.request
      request.options.maxContexts = 1
      let error = failure { try websocketConnect(socket, request, timeout: patience) }
      #expect(error == .tooManyContexts(limit: 1))
      #expect(error?.errno == .noSuchFileOrDirectory)
      #expect(error?.description == "1 WebSockets are open, which is the limit (WEBSOCKET_MAX_CONTEXTS)")
      #expect(failure { try websocketRegister(socket, options: request.options) } == .tooManyContexts(limit: 1))
      try socket.close()
      #expect(try peer.readToEnd() == [])
    }
  }

  @Test func `Must differ: every path gives its place and its descriptors back`() async {
    // In a process of its own, where nothing else takes places or descriptors.
    await #expect(processExitsWith: .success) {
      let counts = try descriptorCounts(rounds: 4) { try EveryPath.walk() }
      #expect(!isGrowing(counts), "\(counts)")
      #expect(websocketContexts() == [])
    }
  }

  @Test func `a thousand connections opened and closed leave as many descriptors as before`() async {
    await #expect(processExitsWith: .success) {
      let counts = try descriptorCounts(rounds: 5) {
        for i in 0..<200 {
          try withSession(i % 2 == 0 ? .client : .server) { session in
            try session.ws.sendMsg("x")
            if i % 3 == 0 { try session.disconnect(timeout: .immediate) }
          }
        }
      }
      #expect(!isGrowing(counts), "\(counts)")
    }
  }
}
