import Testing
import Westwind
import WestwindSockets
import WestwindTLS
import WestwindTestPeer
import WestwindTestSupport

/// How often the socket below is asked: as often as a TCP socket would be. Behind a send, a receive waits before it asks.
@Suite struct OperationCountTests {
  @Test func `a send of up to 16 KiB is one send below, and a receive of it one wait and one receive`() throws {
    let (a, b) = try SocketDescriptor.pair()
    let counting = CountingSocket(over: a)
    let pair = try TLSPair(over: (a, b))
    try pair.drainTickets()
    counting.takeCounts()
    for size in [1, 100, 16384] {
      try pair.client.send(pattern(size: size, seed: 0))
      #expect(counting.takeCounts() == .init(sends: 1))
      #expect(try pair.server.receiveAll(size).count == size)
      try pair.server.send(pattern(size: size, seed: 0))
      #expect(try pair.client.recv(maxCount: 20_000, timeout: .seconds(20)).count == size)
      #expect(counting.takeCounts() == .init(receives: 1, waits: 1))
    }
    // Without waiting: one that finds nothing.
    _ = try? pair.client.recv(maxCount: 1, timeout: .immediate)
    #expect(counting.takeCounts() == .init(receives: 1))
    // A head and a body are one record, and one send.
    let (head, body) = (pattern(size: 14, seed: 1), pattern(size: 1000, seed: 2))
    try pair.client.sendmsg(Payload(head.span.bytes, body.span.bytes))
    #expect(counting.takeCounts() == .init(sends: 1))
    #expect(difference(try pair.server.receiveAll(1014), head + body) == nil)
    try pair.close()
  }

  @Test func `a client's message is one send below, of 64 KiB too, and a small one back is one receive`() throws {
    let (a, b) = try SocketDescriptor.pair()
    let counting = CountingSocket(over: a)
    let pair = try SecurePair(over: (a, b))
    try pair.server.sendMsg([0], opcode: .binary)
    _ = try pair.client.recvMsg(maxCount: 1, timeout: .seconds(20))  // and with it the session tickets
    counting.takeCounts()
    for size in [16, 1000, 16384, 65536] {
      let bytes = pattern(size: size, seed: 4)
      let receiver = BlockingThread { try pair.server.receiveMessage(timeout: .seconds(20)).binary }
      try pair.client.sendMsg(bytes, opcode: .binary)
      #expect(counting.takeCounts() == .init(sends: 1))
      #expect(difference(try receiver.join(), bytes) == nil)
      guard size < 16384 else { continue }
      try pair.server.sendMsg(bytes, opcode: .binary)
      #expect(try pair.client.recvMsg(maxCount: size, timeout: .seconds(20)).payload.count == size)
      #expect(counting.takeCounts() == .init(receives: 1))
    }
    try pair.close()
  }

  @Test func `larger sends fill four records a send below, and a receive takes what has come`() throws {
    let (a, b) = try SocketDescriptor.pair()
    let counting = CountingSocket(over: a)
    let pair = try TLSPair(over: (a, b))
    try pair.drainTickets()
    counting.takeCounts()
    let bytes = pattern(size: 4 * 65536, seed: 3)
    let receiver = BlockingThread { try pair.server.receiveAll(bytes.count) }
    try pair.client.send(bytes)
    #expect(counting.takeCounts() == .init(sends: 4))
    #expect(difference(try receiver.join(), bytes) == nil)
    try pair.server.send(Array(bytes.prefix(65536)))
    #expect(try pair.client.recv(maxCount: 65536, timeout: .seconds(20)).count == 65536)
    #expect(counting.takeCounts() == .init(receives: 1, waits: 1))
    try pair.close()
  }
}
