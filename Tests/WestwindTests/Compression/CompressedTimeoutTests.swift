import PerMessageDeflate
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Sending that runs out of time: the peer's context and ours stay the same.
struct CompressedTimeoutTests {
  @Test(arguments: Role.all, [.immediate, .milliseconds(20)] as [Timeout])
  func `a message given up before its first byte leaves no trace in the context`(role: Role, timeout: Timeout) throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withCompression(role, socket, peer) { (session, codec) throws in
      let payload = compressible(size: 500)
      try session.ws.sendMsg(payload, opcode: .binary)
      #expect(equal(try codec.readMessage(from: peer), payload))
      for number in 0..<5 {
        try session.socket.send([UInt8](repeating: 0xEE, count: 1000))
        // What is lost is like what went before, and like what comes behind.
        let lost = compressible(size: 500, seed: number * 50)
        #expect(failure { try session.ws.sendMsg(lost, opcode: .binary, timeout: timeout) } == givenUp(timeout))
        #expect(failure { try session.ws.sendMsg("grüße", timeout: timeout) } == givenUp(timeout))
        _ = try peer.read(1000)
        let next = compressible(size: 600, seed: number * 50)
        try session.ws.sendMsg(next, opcode: .binary, timeout: patience)
        #expect(equal(try codec.readMessage(from: peer), next))
        try session.ws.sendMsg(payload, opcode: .binary, timeout: patience)
        #expect(equal(try codec.readMessage(from: peer), payload))
      }
    }
  }

  @Test func `compressing does not go past the deadline, and nothing of the message has left`() throws {
    try withCompression(over: .memory, options: { $0.compression?.compressionLevel = 9 }) { (session, codec) throws in
      let large = compressible(size: 1 << 20)
      let huge = (0..<200).flatMap { _ in large }
      let time = elapsed {
        #expect(failure { try session.ws.sendMsg(huge, opcode: .binary, timeout: .milliseconds(20)) } == .timedOut)
      }
      #expect(time < .seconds(15))
      try session.ws.sendMsg("next", timeout: patience)
      #expect(try codec.readMessage(from: session.peer).text == "next")
      #expect(try session.peer.readAvailable() == [])
    }
  }

  @Test func `an answer that waits behind a message given up while it was compressed leaves all the same`() throws {
    try withCompression(over: .memory, options: { $0.compression?.compressionLevel = 9 }) { (session, codec) throws in
      let huge = [UInt8](repeating: 0, count: 1 << 28)
      let sender = BlockingThread {
        failure { try session.ws.sendMsg(huge, opcode: .binary, timeout: .milliseconds(100)) }
      }
      try session.write(Frame(.ping, [1, 2, 3]))
      #expect(failure { try session.ws.recvMsg(maxCount: 1, timeout: .milliseconds(10)) } == .wouldBlock)
      #expect(try sender.join() == .timedOut)
      let socket = session.peer.socket
      // Receiving sends what is left of the connection's own affairs.
      _ = try? session.ws.recvMsg(maxCount: 1, timeout: .immediate)
      #expect(try socket.poll(for: .readable, timeout: patience) == .readable)
      #expect(try session.peer.readFrame().unmasked == Frame(.pong, [1, 2, 3]))
    }
  }
}
