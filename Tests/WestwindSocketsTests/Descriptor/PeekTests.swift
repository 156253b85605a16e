import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport

struct PeekTests {
  @Test(arguments: Stream.Kind.allCases, [nil, Timeout.forever, .immediate, .seconds(20)])
  func `what is peeked at stays`(_ kind: Stream.Kind, _ timeout: Timeout?) throws {
    try withStream(kind) { a, b in
      try a.send("0123456789".bytes)
      #expect(try b.poll(for: .readable, timeout: .seconds(20)).contains(.readable))
      for _ in 0..<3 { #expect(try b.recv(maxCount: 4, flags: .peek, timeout: timeout) == "0123".bytes) }
      #expect(try b.recv(maxCount: 100, flags: .peek, timeout: timeout) == "0123456789".bytes)
      #expect(try b.recv(maxCount: 6, timeout: timeout) == "012345".bytes)
      #expect(try b.recv(maxCount: 100, flags: .peek, timeout: timeout) == "6789".bytes)
      #expect(try b.recv(maxCount: 100, timeout: timeout) == "6789".bytes)
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `peeking waits as receiving does`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 4, flags: [.peek, .dontWait]) }
      #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 4, flags: .peek, timeout: .milliseconds(20)) }
      let reader = BlockedCall { try b.recv(maxCount: 100, flags: .peek) }
      try reader.waitUntilBlocked()
      try a.send("late".bytes)
      #expect(try reader.join() == "late".bytes)
      #expect(try b.recv(maxCount: 100) == "late".bytes)
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `a descriptor that was peeked at is readable still`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      try a.send([1])
      #expect(try b.recv(maxCount: 4, flags: .peek, timeout: .seconds(20)) == [1])
      #expect(try b.poll(for: .readable, timeout: .immediate) == .readable)
      #expect(try b.recv(maxCount: 4) == [1])
      #expect(try b.poll(for: .readable, timeout: .immediate) == [])
    }
  }
}
