import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// What in Zephyr's API is a known defect, and is not to be so here. Each sentence of that list has a test; some are in
/// the suites of the calls they are about.
struct MustDifferTests {
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

  @Test func `Must differ: senders on several threads never mix their frames`() throws {
    try withSession(over: .memory) { session in
      let threads = (0..<4).map { (sender: UInt64) in
        BlockingThread {
          for i in 0..<100 {
            // Sizes on both sides of the transmit buffer's.
            let size = i % 10 == 0 ? 70_000 : i * 3
            try session.ws.sendMsg([UInt8(sender), UInt8(i)] + pattern(size: size, seed: sender * 1000 + UInt64(i)))
            if i % 7 == 0 { try session.ws.sendMsg([UInt8(sender)], opcode: .ping) }
          }
        }
      }
      var next = [0, 0, 0, 0]
      var pings = 0
      while next.reduce(0, +) < 400 || pings < 60 {
        let frame = try session.peer.readFrame()
        if frame.opcode == .ping {
          pings += 1
          continue
        }
        let sender = Int(frame.payload[0])
        let i = Int(frame.payload[1])
        #expect(i == next[sender])
        next[sender] += 1
        let size = i % 10 == 0 ? 70_000 : i * 3
        #expect(equal(Array(frame.payload.dropFirst(2)), pattern(size: size, seed: UInt64(sender * 1000 + i))))
      }
      for thread in threads { try thread.join() }
    }
  }
}
