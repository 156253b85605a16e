import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport
import WestwindTesting

struct CloseTests {
  @Test(arguments: Stream.Kind.allCases)
  func `the peer of a descriptor that is closed finds the end`(_ kind: Stream.Kind) throws {
    let stream = try Stream(kind)
    defer { stream.close() }
    try stream.b.send("last".bytes)
    stream.hangUp()
    #expect(try stream.a.receiveAll(4) == "last".bytes)
    #expect(try stream.a.recv(maxCount: 1, timeout: .seconds(20)) == [])
  }

  // In processes of their own, where a number that is given back is not taken by another test; nor by the thread's wake
  // descriptor, which is made at its first wait: a machine under load waits where another does not.

  @Test func `a number is free once it is closed, whatever it was`() async {
    await #expect(processExitsWith: .success) {
      try Waker().withWaiting {}
      for kind in Stream.Kind.allCases {
        let stream = try Stream(kind)
        #expect(stream.b.isOpen)
        stream.hangUp()
        try stream.b.expectFree()
        #expect(throws: Errno.badFileDescriptor) { try stream.b.send([1]) }
        #expect(throws: Errno.badFileDescriptor) { try stream.b.recv(maxCount: 1) }
      }
    }
  }

  @Test func `closing a descriptor leaves the one below it open`() async {
    await #expect(processExitsWith: .success) {
      try Waker().withWaiting {}
      let (tcp, peer) = try tcpPair()
      let scripted = try ScriptedSocket.make(over: tcp, script: .init()).descriptor
      let (ws, other) = try webSocketPair(client: scripted, server: peer)
      try ws.descriptor.close()
      try ws.descriptor.expectFree()
      #expect(scripted.isOpen && tcp.isOpen)
      try scripted.close()
      try scripted.expectFree()
      #expect(tcp.isOpen)
      try other.descriptor.close()
      try other.descriptor.expectFree()
      #expect(peer.isOpen)
    }
  }

  @Test func `every kind gives back all that it took`() async {
    await #expect(processExitsWith: .success) {
      try expectNothingLeftOpen {
        for kind in Stream.Kind.allCases {
          let stream = try Stream(kind)
          try stream.a.send([1])
          stream.close()
        }
        let socket = try SocketDescriptor.open(.ipv4)
        #expect(throws: Errno.self) { try socket.connect(to: .loopback(port: 0), timeout: .seconds(20)) }
        try socket.close()
      }
    }
  }
}

extension SocketDescriptor {
  /// The runtime may take the number for a moment.
  fileprivate func expectFree() throws {
    try wait(until: "a number is free") { !isOpen }
  }
}
