import CWestwindLinux
import Glibc
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Threads that are blocked in a call when another disconnects.
struct BlockedThreadTests {
  /// The calls that block without end, and what they come back with.
  static let receivingCalls: [(name: String, call: @Sendable (WebSocketDescriptor) throws -> Void)] = [
    ("recvMsg", { _ = try $0.recvMsg(maxCount: 10) }),
    ("peekMsg", { _ = try $0.peekMsg() }),
    ("receiveMessage", { _ = try $0.receiveMessage() }),
    ("withReceivedFrame", { try $0.withReceivedFrame { _, _ in } }),
    ("recvMsg with a timeout", { _ = try $0.recvMsg(maxCount: 10, timeout: .seconds(600)) }),
  ]

  @Test(arguments: Role.all, Wire.allCases)
  func `threads blocked in receiving get ENOTCONN at once, while the peer is still waited for`(role: Role, wire: Wire)
    throws
  {
    for (name, call) in Self.receivingCalls {
      try withSession(role, over: wire) { session in
        // Two of them: one waits for the socket, the other for its turn.
        let readers = try (0..<2).map { _ in try SleepingThread { failure { try call(session.ws) } } }
        let time = try elapsed {
          let end = BlockingThread { try session.disconnect(code: .goingAway, timeout: .seconds(60)) }
          for reader in readers { #expect(try reader.join()?.errno == .socketNotConnected, "\(name)") }
          // The CLOSE handshake goes on meanwhile.
          #expect(try session.peer.readFrame().closeCode == 1001)
          try session.write(Frame(closing: 1000, "well then"))
          #expect(try end.join() == CloseStatus(code: .normal, reason: "well then"))
        }
        #expect(time < .seconds(30), "\(name)")
      }
    }
  }

  @Test(arguments: Wire.allCases)
  func `a thread blocked inside a half-received message gets ENOTCONN at once`(wire: Wire) throws {
    try withSession(over: wire) { session in
      try session.peer.write(Frame(.binary).header(claiming: 100_000) + [1, 2, 3])
      let reader = try SleepingThread { try? session.ws.receiveMessage().binary }
      let end = BlockingThread { try session.disconnect(timeout: .seconds(60)) }
      #expect(try reader.join() == nil)
      #expect(try session.peer.readFrame().opcode == .close)
      // The rest of the frame still comes first.
      try session.peer.write([UInt8](repeating: 0, count: 99_997) + Frame(closing: 1000).bytes)
      #expect(try end.join() == CloseStatus(code: .normal))
    }
  }

  @Test(arguments: Role.all, [.forever, .seconds(600)] as [Timeout])
  func `threads blocked in sending get ENOTCONN at once, and no CLOSE follows half a frame`(
    role: Role, timeout: Timeout
  )
    throws
  {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(role, socket, peer) { session in
      let senders = try (0..<2).map { _ in
        try SleepingThread {
          failure { try session.ws.sendMsg([UInt8](repeating: 7, count: 5000), timeout: timeout) }
        }
      }
      let time = try elapsed {
        let end = BlockingThread { try session.disconnect(timeout: .seconds(60)) }
        for sender in senders { #expect(try sender.join()?.errno == .socketNotConnected) }
        try peer.socket.shutdown(.write)
        #expect(try end.join() == CloseStatus(code: .abnormal))
      }
      #expect(time < .seconds(30))
      try session.closeSocket()
      #expect(try peer.readToEnd().count == 1000)
    }
  }

  @Test func `a thread blocked in sending to a kernel socket gets ENOTCONN at once`() throws {
    try withSession { session in
      let sender = try SleepingThread {
        failure { while true { try session.ws.sendMsg([UInt8](repeating: 7, count: 1_000_000)) } }
      }
      let time = try elapsed { try session.disconnect(timeout: .milliseconds(100)) }
      #expect(try sender.join()?.errno == .socketNotConnected)
      #expect(time < .seconds(15))
    }
  }

  @Test func `a sender that has not begun its frame is given up, and CLOSE leaves`() throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(.server, socket, peer) { session in
      try session.socket.send([UInt8](repeating: 0xEE, count: 1000))
      let sender = try SleepingThread { failure { try session.ws.sendMsg("never") } }
      let end = BlockingThread { try session.disconnect(code: .normal, timeout: .seconds(60)) }
      #expect(try sender.join()?.errno == .socketNotConnected)
      _ = try peer.read(1000)
      #expect(try peer.readFrame() == Frame(closing: 1000))
      try session.write(Frame(closing: 1000))
      #expect(try end.join() == CloseStatus(code: .normal))
    }
  }

  @Test func `a thread blocked in a plain recv gets the end of the stream, one in a plain send ENOTCONN`() throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(.server, socket, peer) { session in
      let reader = try SleepingThread { try session.ws.descriptor.recv(maxCount: 10) }
      let sender = try SleepingThread {
        errno { try session.ws.descriptor.send([UInt8](repeating: 0x61, count: 100_000)) }
      }
      try session.disconnect(timeout: .immediate)
      #expect(try reader.join() == [])
      #expect(try sender.join() == .socketNotConnected)
    }
  }

  @Test func `a thread that polls the descriptor is woken`() async {
    // In a process of its own: the kernel looks at the number again, which must not be somebody else's by then.
    await #expect(processExitsWith: .success) {
      try withSession { session in
        let number = session.ws.rawValue
        let poller = try SleepingThread {
          var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
          return poll(&entry, 1, -1)
        }
        try session.disconnect(timeout: .immediate)
        // With POLLIN or POLLNVAL, as it sees the moment before the close or after it.
        #expect(try poller.join() == 1)
      }
    }
  }

  @Test func `closing the descriptor, and unregistering it, wakes them too`() throws {
    for unregisters in [false, true] {
      try withSession(.server) { session in
        let reader = try SleepingThread { failure { try session.ws.recvMsg(maxCount: 10) } }
        if unregisters {
          session.peer.close()
          try session.unregister()
        } else {
          try session.closeWebSocket()
        }
        #expect(try reader.join()?.errno == .socketNotConnected)
      }
    }
  }

  @Test func `descriptors opened at the same moment are never touched`() throws {
    // Each disconnect frees a number that the next connection gets, while the reader is still on its way out.
    for _ in 0..<50 {
      let (socket, peer) = try memoryPair()
      let (next, nextPeer) = try memoryPair()
      try withSession(.server, socket, peer) { session in
        let reader = try SleepingThread { failure { try session.ws.recvMsg(maxCount: 10) } }
        try session.disconnect(timeout: .immediate)
        try withSession(.server, next, nextPeer) { other in
          try other.write(Frame(.text, "mine".bytes))
          #expect(try reader.join()?.errno == .socketNotConnected)
          #expect(try other.ws.receiveMessage(timeout: patience).text == "mine")
        }
      }
    }
  }
}
