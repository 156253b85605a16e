import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport

/// `EINTR` never surfaces, neither as an error nor as a call cut short.
struct SignalTests {
  @Test(arguments: Stream.Kind.allCases, [nil, Timeout.forever, .seconds(30)])
  func `a receive goes on`(_ kind: Stream.Kind, _ timeout: Timeout?) throws {
    try withStream(kind) { (a, b) throws in
      let call = BlockedCall { try b.recv(maxCount: 100, timeout: timeout) }
      #expect(try Pestering.join(call) { try a.send("late".bytes) } == "late".bytes)
    }
  }

  @Test(arguments: Stream.Kind.allCases, [nil, Timeout.forever, .seconds(30)])
  func `a send goes on, and takes all`(_ kind: Stream.Kind, _ timeout: Timeout?) throws {
    try withStream(kind, capacity: 8192) { a, b in
      let bytes = pattern(size: 1_000_000, seed: 14)
      let call = BlockedCall { try a.send(bytes, timeout: timeout) }
      try call.waitUntilBlocked()
      var reader: BlockedCall<[UInt8]>?
      let count = try Pestering.join(call) { reader = BlockedCall { try b.receiveAll(bytes.count) } }
      #expect(count == bytes.count)
      #expect(difference(try #require(reader).join(), bytes) == nil)
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `a timeout is neither shortened nor prolonged`(_ kind: Stream.Kind) throws {
    try withStream(kind) { _, b in
      let call = BlockedCall {
        elapsed { #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 100, timeout: .milliseconds(400)) } }
      }
      let (_, time) = try Pestering.join(call)
      #expect(time >= .milliseconds(399) && time < inTime)
    }
  }
}
