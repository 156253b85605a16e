import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// What in Zephyr's API is a known defect, and is not to be so here. Each sentence of that list has a test; some are in
/// the suites of the calls they are about.
struct MustDifferTests {
  @Test func `Must differ: an empty message is told from the end of the stream`() throws {
    try withSession { session in
      try session.write(Frame(.text))
      session.peer.close()
      #expect(
        try session.ws.recvMsg(maxCount: 10, timeout: patience).message
          == ReceivedMessage(count: 0, type: [.text, .final], remaining: 0))
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) }?.errno == .socketNotConnected)
    }
    // A plain recv has only the one 0, so there the empty frame is passed over.
    try withSession { session in
      try session.write(Frame(.text), Frame(.text, "x".bytes))
      #expect(try session.ws.descriptor.recv(maxCount: 10, timeout: patience).text == "x")
    }
  }

  @Test func `Must differ: EAGAIN means that nothing was delivered, and a send that times out is ETIMEDOUT`() throws {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { session in
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .milliseconds(10)) }?.errno == .wouldBlock)
      // A header alone is nothing delivered, and is not lost.
      try peer.write(Array(Frame(.text, "x".bytes, key: .sample).bytes.dropLast()))
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .milliseconds(10)) }?.errno == .wouldBlock)
      try peer.write(Array(Frame(.text, "x".bytes, key: .sample).bytes.suffix(1)))
      #expect(try session.ws.recvMsg(maxCount: 10, timeout: patience).payload.text == "x")
      try session.socket.send([UInt8](repeating: 0xEE, count: 100))
      #expect(failure { try session.ws.sendMsg("y", timeout: .milliseconds(10)) }?.errno == .timedOut)
    }
  }

  @Test func `Must differ: a response is checked whole: status, Upgrade, Connection, the accept value to its end`()
    throws
  {
    let answers: [@Sendable (HTTPHead) -> String] = [
      { $0.acceptance.replacing(" 101 ", with: " 200 ") },
      { $0.acceptance.replacing("Upgrade: websocket\r\n", with: "") },
      { $0.acceptance.replacing("Connection: Upgrade\r\n", with: "") },
      { $0.acceptance.replacing($0.accept, with: $0.accept.prefix(8)) },
      { $0.acceptance.replacing($0.accept, with: "") },
      { $0.acceptance.replacing("Sec-WebSocket-Accept: \($0.accept)\r\n", with: "") },
    ]
    for answer in answers {
      let error = try attempt(answer: answer).error
      #expect(error?.handshake?.response != nil)
      #expect(error?.errno == .connectionAbort)
    }
  }

  @Test func `Must differ: a connection begins anew, whatever the one before it on the same socket left behind`() throws
  {
    let (socket, peer) = try memoryPair()
    defer {
      try? socket.close()
      peer.close()
    }
    for _ in 0..<3 {
      // Left behind: an open text message each way, half a character, half a header, an accepted handshake.
      let server = BlockingThread { try peer.acceptHandshake() }
      let ws = try websocketConnect(socket, WebSocketRequest(host: "a", url: "/"), timeout: patience)
      try server.join()
      try ws.sendMsg([0xC3], opcode: .text, final: false)
      try peer.write(Frame(.text, [0xC3], isFinal: false).bytes)
      #expect(try ws.recvMsg(maxCount: 1, timeout: patience).payload == [0xC3])
      #expect(failure { try ws.receiveMessage(timeout: .immediate) } == .wouldBlock)
      try websocketDisconnect(ws, timeout: .immediate)
      _ = try peer.readFrames(2)

      // A response without an accept value is refused, although the one before was good.
      let liar = BlockingThread {
        try peer.write(try peer.readHead().acceptance.replacing("Sec-WebSocket-Accept", with: "X"))
      }
      let error = failure {
        try websocketConnect(socket, WebSocketRequest(host: "a", url: "/"), timeout: patience)
      }
      #expect(error?.handshake?.cause == .text(.acceptMissing))
      try liar.join()
    }
    let ws = try websocketRegister(socket)
    try peer.write(Frame(.text, "new".bytes, key: .sample).bytes)
    #expect(try ws.receiveMessage(timeout: patience).text == "new")
    try ws.sendMsg("new")
    #expect(try peer.readFrame() == Frame(.text, "new".bytes))
    try websocketDisconnect(ws, timeout: .immediate)
  }

  @Test func `Must differ: the descriptor is the kernel's, and polls readable for what waits in our buffer`() throws {
    try withSession { session in
      try session.write(Frame(.text, "one".bytes), Frame(.text, "two".bytes))
      _ = try session.ws.recvMsg(maxCount: 10, timeout: patience)
      #expect(try pollsReadable(session.ws.rawValue, .immediate))
      _ = try session.ws.recvMsg(maxCount: 10, timeout: .immediate)
      #expect(try !pollsReadable(session.ws.rawValue, .immediate))
      // It is one number among the process's others.
      #expect(openDescriptors()[session.ws.rawValue] == "anon_inode:[eventpoll]")
    }
  }

  @Test func `Must differ: a sender is not held up by a thread blocked in receiving, by socket calls either`() throws {
    try withSession { session in
      let reader = try SleepingThread { try session.ws.descriptor.recv(maxCount: 10).text }
      try session.ws.descriptor.send("out".bytes, timeout: patience)
      try session.ws.sendMsg("too", timeout: patience)
      #expect(try session.peer.readFrames(2).map { $0.payload.text } == ["out", "too"])
      try session.write(Frame(.text, "in".bytes))
      #expect(try reader.join() == "in")
    }
  }
}
