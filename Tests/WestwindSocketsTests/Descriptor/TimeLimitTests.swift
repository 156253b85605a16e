import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// One deadline covers a whole call, however many reads or writes it takes.
struct TimeLimitTests {
  @Test(arguments: Stream.Kind.allCases)
  func `a peer that drips does not prolong a receive`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      let isOver = Flag()
      let peer = BlockedCall {
        while !isOver.isSet {
          try a.send([7], timeout: .seconds(20))
          usleep(10_000)
        }
      }
      let (bytes, time) = try elapsed {
        try b.recv(maxCount: 1_000_000, flags: .waitForAll, timeout: .milliseconds(300))
      }
      isOver.set()
      try peer.join()
      #expect(!bytes.isEmpty && bytes.allSatisfy { $0 == 7 })
      #expect(time >= .milliseconds(299) && time < inTime)
    }
  }

  @Test func `a peer that drips one frame does not prolong recvMsg`() throws {
    let end = try WebSocketEnd(.client)
    defer { end.close() }
    let isOver = Flag()
    let frame = end.frame(.binary, pattern(size: 60_000, seed: 9))
    let peer = BlockedCall {
      var sent = 0
      while !isOver.isSet, sent < frame.count {
        try end.peer.send([frame[sent]], timeout: .seconds(20))
        sent += 1
        usleep(10_000)
      }
      return sent
    }
    let ((message, payload), time) = try elapsed { try end.ws.recvMsg(maxCount: 60_000, timeout: .milliseconds(300)) }
    isOver.set()
    #expect(time >= .milliseconds(299) && time < inTime)
    #expect(message.count == payload.count && message.count > 0)
    #expect(message.remaining == UInt64(60_000 - payload.count))
    #expect(difference(payload, Array(frame[4..<(4 + payload.count)])) == nil)
    #expect(try peer.join() >= 4 + payload.count)
  }

  @Test(arguments: Stream.Kind.bytes)
  func `a peer that reads slowly does not prolong a send`(_ kind: Stream.Kind) throws {
    try withStream(kind, capacity: 8192) { a, b in
      let isOver = Flag()
      let peer = BlockedCall {
        var received: [UInt8] = []
        while !isOver.isSet {
          received += (try? b.recv(maxCount: 500, timeout: .milliseconds(50))) ?? []
          usleep(10_000)
        }
        while let more = try? b.recv(maxCount: 65536, timeout: .milliseconds(200)) { received += more }
        return received
      }
      let bytes = pattern(size: 8_000_000, seed: 10)
      let (count, time) = try elapsed { try a.send(bytes, timeout: .milliseconds(300)) }
      isOver.set()
      #expect(count > 0 && count < bytes.count)
      #expect(time >= .milliseconds(299) && time < inTime)
      // What it says it has sent is what arrives, and no more.
      #expect(difference(try peer.join(), Array(bytes[..<count])) == nil)
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `a non-blocking descriptor waits where it is told to`(_ kind: Stream.Kind) throws {
    try withStream(kind, capacity: 8192) { a, b in
      try a.setNonBlocking(true)
      try b.setNonBlocking(true)
      #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 1) }
      for timeout in [Timeout.forever, .seconds(30)] {
        let reader = BlockedCall { try b.recv(maxCount: 100, timeout: timeout) }
        try reader.waitUntilBlocked()
        try a.send("late".bytes)
        #expect(try reader.join() == "late".bytes)

        let bytes = pattern(size: 500_000, seed: 11)
        let writer = BlockedCall { try a.send(bytes, timeout: timeout) }
        try writer.waitUntilBlocked()
        #expect(difference(try b.receiveAll(bytes.count), bytes) == nil)
        #expect(try writer.join() == bytes.count)
      }
      #expect(try a.isNonBlocking())
      try b.setNonBlocking(false)
      #expect(try !b.isNonBlocking())
    }
  }

  @Test(arguments: Stream.Kind.kernel)
  func `the caller's own timeout on the socket counts where no other is given`(_ kind: Stream.Kind) throws {
    try withStream(kind, capacity: 8192) { a, b in
      try b.setTimeOption(SO_RCVTIMEO, milliseconds: 50)
      try a.setTimeOption(SO_SNDTIMEO, milliseconds: 50)
      let (_, time) = elapsed { #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 1) } }
      #expect(time >= .milliseconds(40) && time < inTime)
      try a.fill()
      #expect(try a.sendUntilFull().error == .wouldBlock)
    }
  }

  @Test(arguments: Stream.Kind.kernel, [Timeout.forever, .seconds(30)])
  func `the caller's own timeout on the socket does not shorten a longer one`(
    _ kind: Stream.Kind, _ timeout: Timeout
  ) throws {
    try withStream(kind, capacity: 8192) { a, b in
      try b.setTimeOption(SO_RCVTIMEO, milliseconds: 20)
      try a.setTimeOption(SO_SNDTIMEO, milliseconds: 20)
      let reader = BlockedCall { try b.recv(maxCount: 100, flags: .waitForAll, timeout: timeout) }
      for piece in [0..<30, 30..<100] {
        usleep(100_000)
        try a.send([UInt8](repeating: 3, count: piece.count))
      }
      #expect(try reader.join() == [UInt8](repeating: 3, count: 100))

      let bytes = pattern(size: 500_000, seed: 12)
      let writer = BlockedCall { try a.send(bytes, timeout: timeout) }
      try writer.waitUntilBlocked()
      usleep(100_000)
      #expect(difference(try b.receiveAll(bytes.count), bytes) == nil)
      #expect(try writer.join() == bytes.count)
    }
  }

  @Test(arguments: Stream.Kind.kernel)
  func `the caller's own timeout on the socket does not prolong a shorter one`(_ kind: Stream.Kind) throws {
    try withStream(kind) { _, b in
      try b.setTimeOption(SO_RCVTIMEO, milliseconds: 600_000)
      let call = BlockedCall { try b.recv(maxCount: 1, timeout: .milliseconds(50)) }
      #expect(throws: Errno.wouldBlock) { try call.join() }
    }
  }
}
