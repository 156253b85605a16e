import Glibc
import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport

struct PollTests {
  @Test func `several descriptors of different kinds are waited for at once`() throws {
    let streams = try Stream.Kind.allCases.map { try Stream($0) }
    defer { for stream in streams { stream.close() } }
    for (index, stream) in streams.enumerated() {
      var entries = streams.map { PollEntry($0.a, .readable) }
      try entries.poll(timeout: .immediate, expecting: 0)
      #expect(entries.allSatisfy { $0.returned.isEmpty })

      let call = BlockedCall { () throws -> (Int, [PollEntry]) in
        var entries = streams.map { PollEntry($0.a, .readable) }
        return (try SocketDescriptor.poll(&entries, timeout: .seconds(30)), entries)
      }
      try call.waitUntilBlocked()
      try stream.b.send([1])
      let (count, found) = try call.join()
      #expect(count == 1)
      for (position, entry) in found.enumerated() {
        #expect(entry.returned == (position == index ? .readable : []))
      }
      #expect(try stream.a.recv(maxCount: 10) == [1])
    }
  }

  @Test func `several may be ready, each for what it was asked`() throws {
    let streams = try Stream.Kind.allCases.map { try Stream($0) }
    defer { for stream in streams { stream.close() } }
    for stream in streams {
      try stream.b.send([1])
      #expect(try stream.a.poll(for: .readable, timeout: .seconds(20)) == .readable)
    }
    var entries = streams.map { PollEntry($0.a, [.readable, .writable]) }
    entries += streams.map { PollEntry($0.a, .writable) }
    entries += streams.map { PollEntry($0.a, .readable) }
    entries += streams.map { PollEntry($0.b, .readable) }
    try entries.poll(timeout: .seconds(20), expecting: 3 * streams.count)
    let expected: [PollEvents] = [[.readable, .writable], .writable, .readable, []]
    for (position, entry) in entries.enumerated() {
      #expect(entry.returned == expected[position / streams.count])
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `a full descriptor is not writable until somebody reads`(_ kind: Stream.Kind) throws {
    try withStream(kind, capacity: 8192) { a, b in
      #expect(try a.poll(for: .writable, timeout: .immediate) == .writable)
      let count = try a.fill()
      #expect(try a.poll(for: .writable, timeout: .milliseconds(20)) == [])
      let call = BlockedCall { try a.poll(for: [.readable, .writable], timeout: .seconds(30)) }
      try call.waitUntilBlocked()
      _ = try b.receiveAll(count)
      #expect(try call.join() == .writable)
    }
  }

  @Test func `a ws descriptor is writable as the socket below is`() throws {
    try withStream(.webSocket, capacity: 8192) { a, b in
      #expect(try a.poll(for: .writable, timeout: .immediate) == .writable)
      var sent = 0
      while let count = try? a.send([UInt8](repeating: 1, count: 1000), timeout: .milliseconds(50)) { sent += count }
      #expect(try a.poll(for: .writable, timeout: .immediate) == [])
      let call = BlockedCall { try a.poll(for: .writable, timeout: .seconds(30)) }
      try call.waitUntilBlocked()
      let reader = BlockedCall { [sent] in try b.receiveAll(sent) }
      #expect(try call.join() == .writable)
      // What waits in the connection leaves with the next call.
      #expect(throws: Errno.wouldBlock) { try a.recv(maxCount: 1, timeout: .milliseconds(200)) }
      #expect(try reader.join().count == sent)
    }
  }

  @Test func `the end of the stream is readable`() throws {
    for kind in Stream.Kind.allCases {
      try withStream(kind) { a, b in
        try a.shutdown(.write)
        #expect(try b.poll(for: .readable, timeout: .seconds(20)).contains(.readable), "\(kind.rawValue)")
      }
    }
  }

  @Test func `a hang-up is told though nobody asked`() throws {
    let stream = try Stream(.unix)
    defer { stream.close() }
    #expect(try stream.a.poll(for: [], timeout: .immediate) == [])
    stream.hangUp()
    #expect(try stream.a.poll(for: [], timeout: .seconds(20)).contains(.hangUp))
  }

  @Test func `a number that is not open is told, and is one of those counted`() throws {
    try withStream(.tcp) { a, _ in
      var entries = [PollEntry(SocketDescriptor(rawValue: .max), .readable), PollEntry(a, .readable)]
      try entries.poll(timeout: .seconds(20), expecting: 1)
      #expect(entries.map(\.returned) == [.invalid, []])
    }
  }

  @Test func `old results are not kept`() throws {
    try withStream(.memory) { a, b in
      var entries = [PollEntry(a, .readable)]
      try b.send([1])
      try entries.poll(timeout: .seconds(20), expecting: 1)
      #expect(try a.recv(maxCount: 1) == [1])
      try entries.poll(timeout: .immediate, expecting: 0)
      #expect(entries[0].returned == [])
    }
  }

  @Test func `where nothing happens the time passes`() throws {
    for kind in Stream.Kind.allCases {
      try withStream(kind) { a, _ in
        let (found, time) = try elapsed { try a.poll(for: .readable, timeout: .milliseconds(50)) }
        #expect(found == [])
        #expect(time >= .milliseconds(49) && time < inTime)
      }
    }
    var nothing: [PollEntry] = []
    let (_, time) = try elapsed { try nothing.poll(timeout: .milliseconds(50), expecting: 0) }
    #expect(time >= .milliseconds(49) && time < inTime)
  }

  @Test(arguments: Stream.Kind.allCases, [Timeout.forever, .seconds(30)])
  func `signals do not end it`(_ kind: Stream.Kind, _ timeout: Timeout) throws {
    try withStream(kind) { (a, b) throws in
      let call = BlockedCall { try a.poll(for: .readable, timeout: timeout) }
      #expect(try Pestering.join(call) { try b.send([1]) } == .readable)
    }
  }
}

extension [PollEntry] {
  fileprivate mutating func poll(timeout: Timeout, expecting expected: Int) throws {
    let count = try SocketDescriptor.poll(&self, timeout: timeout)
    #expect(count == expected)
    #expect(self.count { !$0.returned.isEmpty } == expected)
  }
}
