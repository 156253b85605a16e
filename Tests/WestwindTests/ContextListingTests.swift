import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets

/// `websocketContexts`: Zephyr's `net websocket`.
struct ContextListingTests {
  func context(_ session: Session) -> WebSocketContextInfo? {
    websocketContexts().first { $0.descriptor == session.ws }
  }

  @Test(arguments: Role.all)
  func `it lists descriptor, socket, role, names and what has gone each way`(role: Role) throws {
    try withSession(role) { session in
      let before = try #require(context(session))
      #expect(before.socket == session.socket)
      #expect(before.role == role)
      #expect(try before.local == session.socket.getsockname())
      #expect(try before.peer == session.peer.socket.getsockname())
      #expect(before.state == .open)
      #expect(before.subprotocol == nil)
      #expect([before.framesSent, before.framesReceived, before.bytesSent, before.bytesReceived] == [0, 0, 0, 0])

      try session.ws.sendMsg([1, 2, 3])
      try session.ws.sendMsg([], opcode: .pong)
      try session.write(Frame(.ping, [1, 2]), Frame(.text, "hello".bytes))
      _ = try session.ws.receiveMessage(timeout: patience)
      // Sent: a message, PONG of the caller's, PONG of the connection's.
      let after = try #require(context(session))
      #expect([after.framesSent, after.bytesSent] == [3, 5])
      #expect([after.framesReceived, after.bytesReceived] == [2, 7])
    }
  }

  @Test func `it names the subprotocol`() throws {
    try withAttempt {
      $0.subprotocols = ["mqtt"]
    } peer: { peer in
      try peer.write(response(try peer.readHead().acceptanceLines + ["Sec-WebSocket-Protocol: mqtt"]))
    } _: { attempt in
      let ws = try attempt.result.get()
      #expect(websocketContexts().first { $0.descriptor == ws }?.subprotocol == "mqtt")
    }
  }

  @Test func `the state goes from open to closing, or to failed, and then it is gone`() throws {
    try withSession { session in
      #expect(context(session)?.state == .open)
      try session.write(Frame(closing: 1000))
      _ = try session.ws.receiveMessage(timeout: patience)
      #expect(context(session)?.state == .closing)
      try session.disconnect()
      #expect(!websocketContexts().contains { $0.socket == session.socket })
    }
    try withSession { session in
      session.peer.close()
      _ = failure { try session.ws.recvMsg(maxCount: 1, timeout: patience) }
      #expect(context(session)?.state == .failed)
    }
  }
}
