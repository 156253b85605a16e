import SystemPackage
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport
import WestwindTesting

/// How a stream may end, and what a receiver is told.
@Suite struct EndTests {
  @Test func `an orderly end is 0, again and again`() throws {
    let pair = try TLSPair()
    try pair.server.send(Array("last words".utf8))
    try pair.server.close()
    #expect(try pair.client.receiveAll(100) == Array("last words".utf8))
    for _ in 0..<2 { #expect(try pair.client.recv(maxCount: 1, timeout: .immediate) == []) }
    #expect(tlsInfo(pair.client)?.lastError == nil)
    try pair.client.close()
    try pair.sockets.client.close()
    try pair.sockets.server.close()
  }

  @Test func `a stream that is cut is no orderly end`() throws {
    let pair = try TLSPair()
    try pair.server.send(Array("so far".utf8))
    try pair.sockets.server.shutdown(.readWrite)
    #expect(try pair.client.receiveAll(6) == Array("so far".utf8))
    for _ in 0..<2 {
      #expect(throws: Errno.connectionReset) { try pair.client.recv(maxCount: 1, timeout: .seconds(20)) }
    }
    #expect(tlsInfo(pair.client)?.lastError == .truncated)
    try pair.close()
  }

  // A middlebox that ends the connection within a record must not make a short message of it.
  @Test func `cut within a record, the record's bytes are not delivered`() throws {
    let (a, b) = try SocketDescriptor.pair()
    let (c, d) = try SocketDescriptor.pair()
    let middlebox = BlockingThread { try Middlebox(between: b, and: c).run(cuttingBehind: 40_000) }
    let pair = try TLSPair(over: (a, d))
    let bytes = pattern(size: 65536, seed: 1)
    try pair.server.send(bytes)
    let received = try pair.client.receiveAll(65536)
    // Whole records before the cut, and none of the one that was cut.
    #expect(received.count == 2 * 16384)
    #expect(difference(received, Array(bytes.prefix(received.count))) == nil)
    #expect(throws: Errno.connectionReset) { try pair.client.recv(maxCount: 1, timeout: .seconds(20)) }
    #expect(tlsInfo(pair.client)?.lastError == .truncated)
    try middlebox.join()
    try pair.close()
    try b.close()
    try c.close()
  }

  @Test func `a byte changed on the way is found, and the peer is told`() throws {
    let (a, b) = try SocketDescriptor.pair()
    let (c, d) = try SocketDescriptor.pair()
    let middlebox = BlockingThread { try Middlebox(between: b, and: c).run(changing: 20_000) }
    let pair = try TLSPair(over: (a, d))
    try pair.server.send(pattern(size: 65536, seed: 1))
    #expect(try pair.client.receiveAll(65536).count == 16384)
    #expect(throws: Errno.protocolError) { try pair.client.recv(maxCount: 1, timeout: .seconds(20)) }
    guard case .protocolError = tlsInfo(pair.client)?.lastError else {
      Issue.record("\(String(describing: tlsInfo(pair.client)?.lastError))")
      return
    }
    #expect(throws: Errno.protocolError) { try pair.client.send([1], timeout: .seconds(20)) }
    #expect(throws: Errno.protocolError) { try pair.server.recv(maxCount: 1, timeout: .seconds(20)) }
    #expect(tlsInfo(pair.server)?.lastError == .alert(20, name: "bad record mac"))
    try pair.client.close()
    try pair.server.close()
    try a.shutdown(.readWrite)
    try middlebox.join()
    try [a, b, c, d].forEach { try $0.close() }
  }

  @Test func `after shutdown of writing the peer reads the end, and can still send`() throws {
    let pair = try TLSPair()
    try pair.client.send([1, 2, 3])
    try pair.client.shutdown(.write)
    #expect(throws: Errno.brokenPipe) { try pair.client.send([4]) }
    #expect(try pair.server.receiveAll(10) == [1, 2, 3])
    try pair.server.send([5, 6])
    try pair.server.shutdown(.write)
    #expect(try pair.client.receiveAll(10) == [5, 6])
    try pair.close()
  }

  @Test func `shutdown of writing behind a full socket leaves when there is room`() throws {
    let pair = try TLSPair(over: try MemorySocket.pair(capacity: 10_000))
    let bytes = pattern(size: 60_000, seed: 3)
    #expect(try pair.client.send(bytes, flags: .dontWait) == bytes.count)
    try pair.client.shutdown(.write)
    // Nobody writes any more: it leaves from within the reader's wait.
    let reader = BlockingThread { try pair.client.recv(maxCount: 1, timeout: .seconds(20)) }
    #expect(difference(try pair.server.receiveAll(60_001), bytes) == nil)
    try pair.server.send([1])
    #expect(try reader.join() == [1])
    try pair.close()
  }

  @Test func `close ends another thread's wait`() throws {
    let pair = try TLSPair()
    // Asleep in the call: a thread that came to it behind the close could read from another test's socket of that number.
    let reader = try SleepingThread {
      #expect(throws: Errno.badFileDescriptor) { try pair.client.recv(maxCount: 1, timeout: .seconds(60)) }
    }
    let writer = BlockingThread {
      #expect(throws: Errno.badFileDescriptor) {
        while true { try pair.client.send(pattern(size: 100_000, seed: 0), timeout: .seconds(60)) }
      }
    }
    // The writer has filled the socket, so both wait by the time that nothing moves.
    while try !pair.sockets.client.poll(for: .writable, timeout: .immediate).isEmpty {}
    try pair.client.close()
    _ = try reader.join()
    _ = try writer.join()
    try pair.server.close()
    try pair.sockets.client.close()
    try pair.sockets.server.close()
  }

  @Test(.timeLimit(.minutes(10)))
  func `close ends a receiver's wait also where what was sent has not left yet`() throws {
    // The reader looks for what is to leave before, while and after the other thread closes, as it happens.
    for _ in 0..<20 {
      let pair = try TLSPair(over: try MemorySocket.pair(capacity: 10_000))
      let bytes = pattern(size: 60_000, seed: 4)
      #expect(try pair.client.send(bytes, flags: .dontWait) == bytes.count)
      let reader = try SleepingThread { try pair.client.recv(maxCount: 1, timeout: .seconds(60)) }
      try pair.client.close()
      #expect(throws: Errno.badFileDescriptor) { try reader.join() }
      try pair.server.close()
      try pair.sockets.client.close()
      try pair.sockets.server.close()
    }
  }

  @Test func `the socket below stays open and the caller's`() throws {
    let pair = try TLSPair()
    try pair.client.close()
    try pair.server.close()
    try pair.sockets.client.send([1])
    var last: [UInt8] = []
    repeat {
      last = try pair.sockets.server.recv(maxCount: 1000, timeout: .seconds(20))
    } while last.last != 1
    try pair.sockets.client.close()
    try pair.sockets.server.close()
  }
}
