import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// The kinds of descriptor and the timeouts of sends that can be ended by ending their direction. The kernel does not
/// wake a poll on a full Unix socket for that, so there a send with a timeout lasts for its time.
private let blockedSends: [(Stream.Kind, Timeout?)] = Stream.Kind.bytes.flatMap { kind in
  let timeouts: [Timeout?] = kind == .unix ? [nil, .forever] : [nil, .forever, .seconds(30)]
  return timeouts.map { (kind, $0) }
}

struct ShutdownTests {
  @Test(arguments: Stream.Kind.allCases)
  func `ending the read direction ends a receive that waits`(_ kind: Stream.Kind) throws {
    try withStream(kind) { _, b in
      let reader = BlockedCall { try b.recv(maxCount: 1) }
      try reader.waitUntilBlocked()
      try b.shutdown(.read)
      #expect(try reader.join() == [])
      #expect(try b.recv(maxCount: 1) == [])
      #expect(try b.recv(maxCount: 1, timeout: .seconds(20)) == [])
      #expect(try b.poll(for: .readable, timeout: .seconds(20)).contains(.readable))
    }
  }

  @Test(arguments: blockedSends)
  func `ending the write direction ends a send that waits`(_ kind: Stream.Kind, _ timeout: Timeout?) throws {
    try withStream(kind, capacity: 4096) { a, _ in
      try a.fill()
      let bytes = pattern(size: 4_000_000, seed: 22)
      let writer = BlockedCall { (try? a.send(bytes, timeout: timeout)) ?? 0 }
      try writer.waitUntilBlocked()
      try a.shutdown(.write)
      // A full TCP socket may have had room for some of it.
      #expect(try writer.join() < bytes.count)
      #expect(throws: Errno.brokenPipe) { try a.send([1], timeout: timeout) }
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `ending both is the end for both`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      try a.send("last".bytes)
      try a.shutdown(.readWrite)
      #expect(throws: Errno.brokenPipe) { try a.send([1]) }
      #expect(try a.recv(maxCount: 1, timeout: .seconds(20)) == [])
      #expect(try b.receiveAll(10) == "last".bytes)
    }
  }

  @Test func `ending the write direction of a ws descriptor sends CLOSE`() throws {
    let end = try WebSocketEnd(.server)
    defer { end.close() }
    try end.ws.descriptor.send([1])
    try end.ws.descriptor.shutdown(.write)
    #expect(try end.peer.receiveAll(5) == [0x82, 1, 1, 0x88, 0])
    // The peer may say on.
    try end.peer.send(end.frame(.binary, [2]))
    #expect(try end.ws.descriptor.recv(maxCount: 10, timeout: .seconds(20)) == [2])
    #expect(throws: Errno.self) { try end.ws.descriptor.send([3]) }
  }

  @Test func `a socket that is not connected has nothing to end`() throws {
    let socket = try SocketDescriptor.open(.ipv4)
    defer { try? socket.close() }
    for direction in [ShutdownKind.read, .write, .readWrite] {
      #expect(throws: Errno.socketNotConnected) { try socket.shutdown(direction) }
    }
    #expect(throws: Errno.badFileDescriptor) { try SocketDescriptor(rawValue: .max).shutdown(.readWrite) }
  }
}
