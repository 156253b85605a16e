import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport

/// A new kind of descriptor needs no more than an entry in the table.
struct NewKindTests {
  @Test func `every socket call goes through it`() throws {
    try withStream(.tcp) { a, b in
      let (descriptor, traced) = try TracedSocket.make(over: a)
      try descriptor.send([1, 2, 3])
      try descriptor.gather([[4], [5], [6]], timeout: .seconds(20))
      #expect(traced.sends.value == 2)
      #expect(try b.receiveAll(6) == [1, 2, 3, 4, 5, 6])

      try b.send([7, 8])
      #expect(try descriptor.recv(maxCount: 1, timeout: .seconds(20)) == [7])
      #expect(try descriptor.poll(for: [.readable, .writable], timeout: .seconds(20)) == [.readable, .writable])
      #expect(try descriptor.recv(maxCount: 1) == [8])
      #expect(traced.receives.value == 2)
      #expect(descriptor.operations as AnyObject === traced)

      try descriptor.close()
      #expect(traced.closes.value == 1)
      // What was below it is as it was.
      try a.send([9])
      #expect(try b.receiveAll(1) == [9])
    }
  }

  @Test func `what it does not offer is refused`() throws {
    try withStream(.tcp) { a, _ in
      let (descriptor, _) = try TracedSocket.make(over: a)
      defer { try? descriptor.close() }
      #expect(throws: Errno.protocolNotAvailable) { try descriptor.getsockopt(level: SOL_SOCKET, name: SO_ERROR) }
      #expect(throws: Errno.protocolNotAvailable) {
        try descriptor.setsockopt(level: SOL_SOCKET, name: SO_KEEPALIVE, value: 1)
      }
      #expect(throws: Errno.notSupported) { try descriptor.getsockname() }
      #expect(throws: Errno.notSupported) { try descriptor.getpeername() }
      #expect(throws: Errno.notSupported) { try descriptor.shutdown(.readWrite) }
    }
  }

  @Test func `a WebSocket runs over it, with one operation per message each way, and one wait before it comes`() throws
  {
    let (tcp, peer) = try tcpPair()
    let (descriptor, traced) = try TracedSocket.make(over: tcp)
    let (ws, other) = try webSocketPair(client: descriptor, server: peer)
    defer { for open in [ws.descriptor, other.descriptor, descriptor, tcp, peer] { try? open.close() } }
    let (sends, receives) = (traced.sends.value, traced.receives.value)
    let payload = pattern(size: 1000, seed: 13)
    for _ in 0..<100 {
      try ws.sendMsg(payload, opcode: .binary)
      #expect(try other.receive() == payload)
      try other.sendMsg(payload, opcode: .binary)
      #expect(try ws.receive() == payload)
    }
    #expect(traced.sends.value - sends == 100)
    #expect(traced.receives.value - receives == 100)
    // The response to the opening handshake is waited for, and each message.
    #expect(traced.waits.value == 101)
  }
}
