import Glibc
import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport

struct WaitAllTests {
  @Test(arguments: Stream.Kind.allCases, [nil, Timeout.forever, .seconds(30)])
  func `all of the room is filled, however the bytes come`(_ kind: Stream.Kind, _ timeout: Timeout?) throws {
    try withStream(kind) { a, b in
      let bytes = pattern(size: 100, seed: 8)
      let reader = BlockedCall { try b.recv(maxCount: 100, flags: .waitForAll, timeout: timeout) }
      for piece in [0..<1, 1..<2, 2..<50, 50..<99] {
        try a.send(Array(bytes[piece]))
        try reader.waitUntilBlocked()
      }
      try a.send([bytes[99], 255])
      #expect(difference(try reader.join(), bytes) == nil)
      #expect(try b.recv(maxCount: 100, timeout: .seconds(20)) == [255])
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `at the timeout it gives what has come`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      try a.send([1, 2, 3])
      let (bytes, time) = try elapsed { try b.recv(maxCount: 4, flags: .waitForAll, timeout: .milliseconds(150)) }
      #expect(bytes == [1, 2, 3])
      #expect(time >= .milliseconds(149) && time < inTime)
      #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 4, flags: .waitForAll, timeout: .milliseconds(20)) }
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `without waiting it gives what is there`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      for timeout in [nil, Timeout.forever, .immediate, .seconds(20)] {
        try a.send([1, 2, 3])
        #expect(try b.poll(for: .readable, timeout: .seconds(20)) == .readable)
        #expect(try b.recv(maxCount: 4, flags: [.waitForAll, .dontWait], timeout: timeout) == [1, 2, 3])
      }
      try a.send([1, 2, 3])
      #expect(try b.poll(for: .readable, timeout: .seconds(20)) == .readable)
      #expect(try b.recv(maxCount: 4, flags: .waitForAll, timeout: .immediate) == [1, 2, 3])
    }
  }

  @Test(arguments: Stream.Kind.allCases, [nil, Timeout.forever, .seconds(30)])
  func `at the end of the stream it gives what has come`(_ kind: Stream.Kind, _ timeout: Timeout?) throws {
    try withStream(kind) { a, b in
      let reader = BlockedCall { try b.recv(maxCount: 100, flags: .waitForAll, timeout: timeout) }
      try a.send([1, 2, 3])
      try reader.waitUntilBlocked()
      try a.shutdown(.write)
      #expect(try reader.join() == [1, 2, 3])
      #expect(try b.recv(maxCount: 100, flags: .waitForAll, timeout: timeout) == [])
    }
  }

  @Test(arguments: [nil, Timeout.forever, .seconds(30)])
  func `a reset gives what has come, and then is an error`(_ timeout: Timeout?) throws {
    let stream = try Stream(.tcp)
    defer { stream.close() }
    let reader = BlockedCall { try stream.a.recv(maxCount: 100, flags: .waitForAll, timeout: timeout) }
    try stream.b.send([1, 2, 3])
    try reader.waitUntilBlocked()
    try wait(until: "the bytes are taken") { try stream.a.poll(for: .readable, timeout: .immediate).isEmpty }
    try stream.reset()
    #expect(try reader.join() == [1, 2, 3])
    // Not the end of the stream: a peer that was cut off has not said all that it had to say.
    #expect(throws: Errno.connectionReset) { try stream.a.recv(maxCount: 100, timeout: timeout) }
  }

  @Test(arguments: Stream.Kind.allCases, [nil, Timeout.forever, .seconds(30)])
  func `signals do not cut it short`(_ kind: Stream.Kind, _ timeout: Timeout?) throws {
    try withStream(kind) { a, b in
      let reader = BlockedCall { try b.recv(maxCount: 100, flags: .waitForAll, timeout: timeout) }
      try a.send([UInt8](repeating: 1, count: 50))
      let bytes = try Pestering.join(reader) { try a.send([UInt8](repeating: 2, count: 50)) }
      #expect(bytes == [UInt8](repeating: 1, count: 50) + [UInt8](repeating: 2, count: 50))
    }
  }
}
