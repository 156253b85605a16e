import Glibc
import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport

struct ReceiveTests {
  @Test(arguments: Stream.Kind.allCases)
  func `what there is comes at once, up to the room for it`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      try a.send("0123456789".bytes)
      #expect(try b.recv(maxCount: 4) == "0123".bytes)
      #expect(try b.recv(maxCount: 4, timeout: .forever) == "4567".bytes)
      #expect(try b.recv(maxCount: 4, timeout: .seconds(20)) == "89".bytes)
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `where nothing is there, what does not wait says so`(_ kind: Stream.Kind) throws {
    try withStream(kind) { (_, b) throws in
      #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 4, flags: .dontWait) }
      #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 4, flags: .dontWait, timeout: .forever) }
      #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 4, timeout: .immediate) }
      #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 4, flags: [.dontWait, .waitForAll]) }
      #expect(try !b.isNonBlocking())
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `where nothing comes the time passes, and nothing is lost`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      let (_, time) = elapsed {
        #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 4, timeout: .milliseconds(100)) }
      }
      #expect(time >= .milliseconds(99) && time < inTime)
      try a.send([1, 2, 3])
      #expect(try b.recv(maxCount: 4, timeout: .seconds(20)) == [1, 2, 3])
    }
  }

  @Test(arguments: Stream.Kind.allCases, [nil, Timeout.forever, .seconds(30)])
  func `a descriptor that may wait does so`(_ kind: Stream.Kind, _ timeout: Timeout?) throws {
    try withStream(kind) { a, b in
      let reader = BlockedCall { try b.recv(maxCount: 100, timeout: timeout) }
      try reader.waitUntilBlocked()
      try a.send("late".bytes)
      #expect(try reader.join() == "late".bytes)
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `no room is no wait`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      for timeout in [nil, Timeout.forever, .immediate, .seconds(30)] {
        let call = BlockedCall { try b.recv(maxCount: 0, timeout: timeout) }
        #expect(try call.join() == [])
      }
      try a.send([1])
      #expect(try b.recv(maxCount: 0, timeout: .seconds(20)) == [])
      #expect(try b.recv(maxCount: 1, timeout: .seconds(20)) == [1])
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `bytes are appended behind what is there`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      try a.send("cdef".bytes)
      var bytes = "ab______".bytes
      try bytes.withUnsafeMutableBytes { bytes in
        var output = OutputRawSpan(buffer: bytes, initializedCount: 2)
        let count = try b.recv(into: &output, timeout: .seconds(20))
        let end = output.byteCount
        #expect(count == 4 && end == 6)
      }
      #expect(bytes == "abcdef__".bytes)
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `the end of the stream is no bytes, as often as it is asked for`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      try a.send("last".bytes)
      try a.shutdown(.write)
      #expect(try b.recv(maxCount: 100, timeout: .seconds(20)) == "last".bytes)
      for timeout in [nil, Timeout.forever, .seconds(20)] {
        #expect(try b.recv(maxCount: 100, timeout: timeout) == [])
        #expect(try b.recv(maxCount: 100, flags: .waitForAll, timeout: timeout) == [])
        #expect(try b.recv(maxCount: 100, flags: .peek, timeout: timeout) == [])
      }
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `the end of one direction leaves the other`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      try a.shutdown(.write)
      #expect(try b.recv(maxCount: 1, timeout: .seconds(20)) == [])
      try b.send("still".bytes)
      #expect(try a.receiveAll(5) == "still".bytes)
      #expect(throws: Errno.brokenPipe) { try a.send([1]) }
    }
  }

  @Test(arguments: [nil, Timeout.forever, .seconds(30)])
  func `a reset is an error, and no end of the stream`(_ timeout: Timeout?) throws {
    let stream = try Stream(.tcp)
    defer { stream.close() }
    let reader = BlockedCall { try stream.a.recv(maxCount: 100, timeout: timeout) }
    try reader.waitUntilBlocked()
    try stream.reset()
    #expect(throws: Errno.connectionReset) { try reader.join() }
  }

  @Test(arguments: Stream.Kind.kernel + [.memory, .scripted])
  func `kernel, memory and scripted descriptors have no metadata`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      try a.send([1, 2, 3])
      var buffer = [UInt8](repeating: 0, count: 10)
      let metadata = try b.receiveMetadata(&buffer)
      #expect(metadata == ReceivedMetadata(count: 3))
    }
  }
}
