import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport
import WestwindTesting

/// A socket that a callback has, with what it sends noted.
struct SendTapTests {
  @Test func `all that a callback sends is noted, as far as the socket took it`() throws {
    let (a, b) = try MemorySocket.pair(capacity: 10)
    defer { for end in [a, b] { try? end.close() } }
    let sent = try SendTap.run(on: a) { (socket) throws(Errno) in
      #expect(socket == a && socket.layer is SendTap)
      try socket.send([1, 2])
      let (one, two, three): ([UInt8], [UInt8], [UInt8]) = ([3], [4, 5, 6], [7, 8, 9, 10, 11, 12])
      let count = try socket.sendmsg(Payload(one.span.bytes, two.span.bytes, three.span.bytes), flags: .dontWait)
      #expect(count == 8)
      let more = try? socket.send([13], flags: .dontWait)
      #expect(more == nil)
    }
    #expect(sent == [UInt8](1...10))
    #expect(try b.recv(maxCount: 100) == sent)
    #expect(a.layer is MemorySocket)
  }

  @Test func `a kernel socket is one again, also where the callback throws`() throws {
    let (a, b) = try SocketDescriptor.pair()
    defer { for end in [a, b] { try? end.close() } }
    #expect(throws: Errno.canceled) {
      try SendTap.run(on: a) { (socket) throws(Errno) in
        try b.send([7])
        let received = try socket.recv(maxCount: 10)
        #expect(received == [7])
        throw .canceled
      }
    }
    #expect(a.layer == nil)
    try a.send([8])
    #expect(try b.recv(maxCount: 10) == [8])
  }

  @Test func `a callback that closes the socket leaves nothing behind`() throws {
    let (a, b) = try MemorySocket.pair(capacity: 10)
    defer { try? b.close() }
    _ = try SendTap.run(on: a) { (socket) throws(Errno) in
      try socket.close()
      #expect(!(socket.layer is SendTap))
    }
    #expect(try b.recv(maxCount: 10) == [])
  }
}
