import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport
import WestwindTesting

/// What is particular to memory; what it has in common with other streams is tested with them.
struct MemorySocketTests {
  @Test(arguments: [0, 1, 2, 3, 1000])
  func `it takes as many bytes as it was made for, in each direction`(_ capacity: Int) throws {
    let (a, b) = try MemorySocket.pair(capacity: capacity)
    defer { for end in [a, b] { try? end.close() } }
    let bytes = pattern(size: 2000, seed: 19)
    // None would be no use, so one is the least.
    let room = max(1, capacity)
    for (writer, reader) in [(a, b), (b, a)] {
      #expect(try writer.send(bytes, flags: .dontWait) == room)
      #expect(throws: Errno.wouldBlock) { try writer.send(bytes, flags: .dontWait) }
      #expect(try reader.recv(maxCount: 2000) == Array(bytes[..<room]))
      #expect(throws: Errno.wouldBlock) { try reader.recv(maxCount: 2000, flags: .dontWait) }
    }
  }

  @Test func `room comes back byte by byte`() throws {
    let (a, b) = try MemorySocket.pair(capacity: 10)
    defer { for end in [a, b] { try? end.close() } }
    try a.send([UInt8](0..<10))
    for i in 10..<100 as Range<UInt8> {
      #expect(throws: Errno.wouldBlock) { try a.send([i], flags: .dontWait) }
      #expect(try b.recv(maxCount: 1) == [i - 10])
      #expect(try a.send([i], flags: .dontWait) == 1)
    }
    #expect(try b.recv(maxCount: 100) == [UInt8](90..<100))
  }

  @Test func `a run that does not fit whole is taken in part`() throws {
    let (a, b) = try MemorySocket.pair(capacity: 10)
    defer { for end in [a, b] { try? end.close() } }
    #expect(try a.gather([[1, 2, 3], [4, 5, 6, 7, 8], [9, 10, 11, 12]], flags: .dontWait, timeout: nil) == 10)
    #expect(try b.recv(maxCount: 100) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  }

  @Test(arguments: [1, 7, 4096])
  func `many bytes go through a small memory in order`(_ capacity: Int) throws {
    let (a, b) = try MemorySocket.pair(capacity: capacity)
    defer { for end in [a, b] { try? end.close() } }
    let bytes = pattern(size: 20_000, seed: 20)
    let writer = BlockedCall { try a.send(bytes) }
    #expect(difference(try b.receiveAll(bytes.count), bytes) == nil)
    #expect(try writer.join() == bytes.count)
  }

  @Test func `the two directions are apart`() throws {
    let (a, b) = try MemorySocket.pair()
    defer { for end in [a, b] { try? end.close() } }
    try a.send("there".bytes)
    try b.send("back".bytes)
    try a.shutdown(.write)
    #expect(try a.recv(maxCount: 100) == "back".bytes)
    #expect(try b.recv(maxCount: 100) == "there".bytes)
    #expect(try b.recv(maxCount: 100) == [])
    try b.send("more".bytes)
    #expect(try a.recv(maxCount: 100) == "more".bytes)
  }

  @Test func `what was sent before the writer closed can still be read`() throws {
    let (a, b) = try MemorySocket.pair()
    try a.send("last".bytes)
    try a.close()
    #expect(try b.recv(maxCount: 100) == "last".bytes)
    #expect(try b.recv(maxCount: 100) == [])
    #expect(throws: Errno.brokenPipe) { try b.send([1]) }
    try b.close()
  }

  @Test func `a writer that waits ends when the reader has gone`() throws {
    let (a, b) = try MemorySocket.pair(capacity: 4)
    try a.fill()
    let writer = BlockedCall { try a.send([1, 2, 3]) }
    try writer.waitUntilBlocked()
    try b.close()
    #expect(throws: Errno.brokenPipe) { try writer.join() }
    try a.close()
  }

  @Test func `its number for input is not that for output`() throws {
    let (a, b) = try MemorySocket.pair(capacity: 4)
    defer { for end in [a, b] { try? end.close() } }
    let operations = a.operations
    #expect(operations.readableNumber == a.rawValue)
    #expect(operations.writableNumber != a.rawValue)
    #expect(operations is MemorySocket)
  }
}
