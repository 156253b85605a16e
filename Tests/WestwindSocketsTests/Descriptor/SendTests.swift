import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

struct SendTests {
  @Test(arguments: Stream.Kind.allCases)
  func `bytes arrive in order, whatever the pieces`(_ kind: Stream.Kind) throws {
    try withStream(kind, capacity: 4096) { a, b in
      let bytes = pattern(size: 300_000, seed: 2)
      let reader = BlockedCall {
        var generator = SeededGenerator(seed: 3)
        var received: [UInt8] = []
        while received.count < bytes.count {
          let piece = try b.recv(maxCount: .random(in: 1...5000, using: &generator), timeout: .seconds(30))
          if piece.isEmpty { break }
          received += piece
        }
        return received
      }
      var generator = SeededGenerator(seed: 4)
      var sent = 0
      while sent < bytes.count {
        let end = min(bytes.count, sent + .random(in: 1...5000, using: &generator))
        let count = try a.send(Array(bytes[sent..<end]), timeout: .seconds(30))
        #expect(count == end - sent)
        sent += count
      }
      #expect(difference(try reader.join(), bytes) == nil)
    }
  }

  @Test(arguments: Stream.Kind.allCases, [nil, Timeout.forever, .seconds(30)])
  func `a descriptor that may wait takes all`(_ kind: Stream.Kind, _ timeout: Timeout?) throws {
    try withStream(kind, capacity: 8192) { a, b in
      let bytes = pattern(size: 1_000_000, seed: 5)
      let writer = BlockedCall { try a.send(bytes, timeout: timeout) }
      try writer.waitUntilBlocked()
      #expect(difference(try b.receiveAll(bytes.count), bytes) == nil)
      #expect(try writer.join() == bytes.count)
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `what does not wait takes what there is room for, and then says so`(_ kind: Stream.Kind) throws {
    try withStream(kind, capacity: 8192) { a, b in
      let bytes = pattern(size: 4_000_000, seed: 6)
      let count = try a.send(bytes, flags: .dontWait)
      #expect(count > 0 && count < bytes.count)
      #expect(try a.sendUntilFull(flags: .dontWait).error == .wouldBlock)
      #expect(try a.sendUntilFull(flags: .dontWait, timeout: .forever).error == .wouldBlock)
      #expect(try a.sendUntilFull(timeout: .immediate).error == .wouldBlock)
      try a.setNonBlocking(true)
      #expect(try a.sendUntilFull().error == .wouldBlock)
      #expect(difference(try b.receiveAll(count), Array(bytes[..<count])) == nil)
    }
  }

  @Test func `a full ws descriptor says so too, without a byte of the frame sent`() throws {
    try withStream(.webSocket, capacity: 8192) { (a, b) throws in
      // Each frame is another, so that one that was said not to be sent would show.
      var sent: [UInt8] = []
      var failure: Errno?
      while failure == nil {
        let bytes = pattern(size: 1000, seed: UInt64(sent.count))
        do throws(Errno) {
          let count = try a.send(bytes, timeout: .milliseconds(50))
          #expect(count == bytes.count)
          sent += bytes
        } catch {
          failure = error
        }
      }
      #expect(failure == .wouldBlock)
      let last = pattern(size: 1000, seed: 23)
      let reader = BlockedCall { [sent] in try b.receiveAll(sent.count + last.count) }
      #expect(try a.send(last, timeout: .seconds(30)) == last.count)
      #expect(difference(try reader.join(), sent + last) == nil)
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `a full descriptor that nobody reads ends at the timeout`(_ kind: Stream.Kind) throws {
    try withStream(kind, capacity: 8192) { a, _ in
      try a.fill()
      let (error, time) = try a.sendUntilFull(timeout: .milliseconds(100))
      #expect(error == .wouldBlock)
      #expect(time >= .milliseconds(99) && time < inTime)
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `three runs go as one`(_ kind: Stream.Kind) throws {
    try withStream(kind) { (a, b) throws in
      let runs: [[[UInt8]]] = [
        ["one".bytes, "two".bytes, "three".bytes], [[], "two".bytes, []], ["one".bytes, [], "three".bytes],
        [[], [], "three".bytes],
      ]
      for run in runs {
        let all = run.flatMap { $0 }
        #expect(try a.gather(run, timeout: nil) == all.count)
        #expect(try b.receiveAll(all.count) == all)
      }
    }
  }

  @Test func `three runs are one frame on a ws descriptor`() throws {
    try withStream(.webSocket) { a, b in
      try a.gather(["one".bytes, "two".bytes, "three".bytes], timeout: nil)
      var buffer = [UInt8](repeating: 0, count: 5)
      let first = try b.receiveMetadata(&buffer)
      #expect(first.count == 5 && first.remaining == 6)
      #expect(first.type == MessageType([.binary, .final]).rawValue)
      #expect(try b.recv(maxCount: 100) == "othree".bytes)
    }
  }

  @Test(arguments: Stream.Kind.allCases, [nil, Timeout.forever, .seconds(30)])
  func `three long runs go whole, wherever the peer cuts them`(_ kind: Stream.Kind, _ timeout: Timeout?) throws {
    try withStream(kind, capacity: 4096) { (a, b) throws in
      let runs = (0..<3).map { pattern(size: 70_000 + $0, seed: UInt64($0)) }
      let all = runs.flatMap { $0 }
      let reader = BlockedCall { try b.receiveAll(all.count) }
      #expect(try a.gather(runs, timeout: timeout) == all.count)
      #expect(difference(try reader.join(), all) == nil)
    }
  }

  @Test(arguments: Stream.Kind.allCases)
  func `sending nothing sends nothing`(_ kind: Stream.Kind) throws {
    try withStream(kind) { (a, b) throws in
      #expect(try a.send([]) == 0)
      #expect(try a.send([], timeout: .seconds(20)) == 0)
      #expect(try a.gather([[], [], []], timeout: nil) == 0)
      #expect(throws: Errno.wouldBlock) { try b.recv(maxCount: 1, timeout: .milliseconds(20)) }
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `a peer that has gone is an error, and not a signal`(_ kind: Stream.Kind) throws {
    let stream = try Stream(kind)
    defer { stream.close() }
    stream.hangUp()
    // Over TCP the first send is what finds out.
    try wait(until: "the peer is found gone") { (try? stream.a.send([1])) == nil }
    #expect(throws: Errno.brokenPipe) { try stream.a.send([1]) }
    #expect(throws: Errno.brokenPipe) { try stream.a.gather([[1], [2], [3]], timeout: .seconds(20)) }
  }

  @Test func `a peer that has gone never kills the process`() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_DFL)
      for kind in Stream.Kind.allCases {
        let stream = try Stream(kind)
        stream.hangUp()
        for _ in 0..<5 {
          _ = try? stream.a.send([1])
          _ = try? stream.a.gather([[1], [2], [3]], timeout: .seconds(20))
        }
        stream.close()
      }
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `an error after some bytes comes with the next call`(_ kind: Stream.Kind) throws {
    let stream = try Stream(kind, capacity: 4096)
    defer { stream.close() }
    let bytes = pattern(size: 4_000_000, seed: 7)
    let writer = BlockedCall { try stream.a.send(bytes, timeout: .seconds(30)) }
    try writer.waitUntilBlocked()
    stream.hangUp()
    let count = try writer.join()
    #expect(count > 0 && count < bytes.count)
    #expect(throws: Errno.self) { try stream.a.send([1], timeout: .seconds(20)) }
  }
}
