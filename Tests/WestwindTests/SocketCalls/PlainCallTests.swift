import Glibc
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// The other socket calls on a ws descriptor.
struct PlainCallTests {
  @Test(arguments: Role.all, Wire.allCases)
  func `send is one final TEXT frame by default`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      #expect(try session.ws.descriptor.send("grüße".bytes) == 7)
      #expect(try session.ws.descriptor.send([]) == 0)
      let frames = try session.peer.readFrames(2)
      #expect(frames.map { $0.unmasked } == [Frame(.text, "grüße".bytes), Frame(.text)])
      #expect(frames.allSatisfy { $0.isMasked == (role == .client) })
      #expect(errno { try session.ws.descriptor.send([0xFF]) } == .invalidArgument)
    }
  }

  @Test func `sendmsg gathers its runs into one frame`() throws {
    let large = pattern(size: 100_000, seed: 1)
    let (a, b, c): ([UInt8], [UInt8], [UInt8]) = ([0x67, 0xC3], [0xBC], [0x21])
    for role in Role.all {
      try withSession(role, over: .memory, options: options { $0.sendOpcode = .text }) { session in
        // A character cut by the runs is whole in the frame.
        #expect(try session.ws.descriptor.sendmsg(Payload(a.span.bytes, b.span.bytes, c.span.bytes)) == 4)
        #expect(try session.peer.readFrame().unmasked == Frame(.text, "gü!".bytes))
        try session.ws.descriptor.setsockopt(
          level: WebSocketSocketOption.level, name: WebSocketSocketOption.sendOpcode.rawValue, value: 2)
        #expect(try session.ws.descriptor.sendmsg(Payload(a.span.bytes, large.span.bytes, c.span.bytes)) == 100_003)
        #expect(difference(try session.peer.readFrame().payload, a + large + c) == nil)
      }
    }
  }

  @Test func `the opcode of send is an option`() throws {
    let name = WebSocketSocketOption.sendOpcode.rawValue
    let level = WebSocketSocketOption.level
    try withSession(options: options { $0.sendOpcode = .binary }) { session in
      let descriptor = session.ws.descriptor
      #expect(try descriptor.getsockopt(level: level, name: name) == 2)
      try descriptor.send([0xFF])
      try descriptor.setsockopt(level: level, name: name, value: 1)
      #expect(try descriptor.getsockopt(level: level, name: name) == 1)
      try descriptor.send([0x61])
      for value in [0, 3, 8, 9, 0x11, 0x101, -1] as [CInt] {
        #expect(errno { try descriptor.setsockopt(level: level, name: name, value: value) } == .invalidArgument)
      }
      #expect(
        try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.binary, [0xFF]), Frame(.text, [0x61])])
      #expect(errno { try descriptor.getsockopt(level: level, name: 99) } == .protocolNotAvailable)
      #expect(errno { try descriptor.setsockopt(level: level, name: 99, value: 1) } == .protocolNotAvailable)
    }
  }

  @Test func `other options go to the socket below`() throws {
    try withSession { session in
      let descriptor = session.ws.descriptor
      let level = CInt(IPPROTO_TCP)
      #expect(try descriptor.getsockopt(level: level, name: TCP_NODELAY) == 0)
      try descriptor.setsockopt(level: level, name: TCP_NODELAY, value: 1)
      #expect(try session.socket.getsockopt(level: level, name: TCP_NODELAY) == 1)
      #expect(try descriptor.getsockopt(level: level, name: TCP_NODELAY) == 1)
      #expect(try descriptor.getsockopt(level: SOL_SOCKET, name: SO_ERROR) == 0)
    }
  }

  @Test func `the names are those of the socket below`() throws {
    try withSession { (session) throws in
      #expect(try session.ws.descriptor.getsockname() == session.socket.getsockname())
      #expect(try session.ws.descriptor.getpeername() == session.peer.socket.getsockname())
    }
    try withSession(over: .memory) { session in
      #expect(errno { try session.ws.descriptor.getpeername() } == .notSupported)
    }
  }

  @Test func `in non-blocking mode recv says EAGAIN, and the socket below stays as it is`() throws {
    try withSession { session in
      let descriptor = session.ws.descriptor
      #expect(try !descriptor.isNonBlocking())
      try descriptor.setNonBlocking(true)
      #expect(try descriptor.isNonBlocking())
      #expect(try !session.socket.isNonBlocking())
      #expect(errno { try descriptor.recv(maxCount: 10) } == .wouldBlock)
      try session.write(Frame(.text, "x".bytes))
      #expect(try descriptor.poll(for: .readable, timeout: patience) == .readable)
      #expect(try descriptor.recv(maxCount: 10).text == "x")
      // A timeout of the call's own comes before the mode.
      #expect(errno { try descriptor.recv(maxCount: 10, timeout: .milliseconds(10)) } == .wouldBlock)
      try descriptor.setNonBlocking(false)
      let reader = try SleepingThread { try descriptor.recv(maxCount: 10).text }
      try session.write(Frame(.text, "y".bytes))
      #expect(try reader.join() == "y")
    }
  }

  @Test func `a non-blocking socket below does not make the calls non-blocking`() throws {
    try withSession { session in
      try session.socket.setNonBlocking(true)
      let reader = try SleepingThread { try session.ws.descriptor.recv(maxCount: 10).text }
      try session.write(Frame(.text, "x".bytes))
      #expect(try reader.join() == "x")
    }
  }

  @Test func `MSG_DONTWAIT is for the one call`() throws {
    try withSession { session in
      #expect(errno { try session.ws.descriptor.recv(maxCount: 10, flags: .dontWait) } == .wouldBlock)
      let reader = try SleepingThread { try session.ws.descriptor.recv(maxCount: 10).text }
      try session.write(Frame(.text, "x".bytes))
      #expect(try reader.join() == "x")
    }
  }

  @Test func `MSG_MORE holds a frame back for the next`() throws {
    let (socket, peer) = try memoryPair()
    let counting = CountingSocket(over: socket)
    try withSession(.server, socket, peer) { session in
      try session.ws.descriptor.send("one".bytes, flags: .more)
      #expect(counting.takeWrites() == [])
      try session.ws.descriptor.send("two".bytes)
      #expect(counting.takeWrites() == [10])
      #expect(try peer.readFrames(2) == [Frame(.text, "one".bytes), Frame(.text, "two".bytes)])
    }
  }

  @Test(arguments: Role.all)
  func `shutdown of writing sends CLOSE; receiving goes on to the peer's`(role: Role) throws {
    try withSession(role) { session in
      let descriptor = session.ws.descriptor
      try descriptor.send("last".bytes)
      try descriptor.shutdown(.write)
      try descriptor.shutdown(.write)
      #expect(errno { try descriptor.send("x".bytes) } == .brokenPipe)
      try session.write(Frame(.text, "more".bytes), Frame(closing: 1000))
      #expect(try descriptor.recv(maxCount: 10, timeout: patience).text == "more")
      #expect(try descriptor.recv(maxCount: 10, timeout: patience) == [])
      try session.closeWebSocket()
      try session.closeSocket()
      #expect(
        try parseFrames(session.peer.readToEnd()).frames.map { $0.unmasked } == [
          Frame(.text, "last".bytes), Frame(.close),
        ])
    }
  }

  @Test(arguments: Role.all)
  func `shutdown of both does both`(role: Role) throws {
    try withSession(role) { session in
      let reader = try SleepingThread { try session.ws.descriptor.recv(maxCount: 10) }
      try session.ws.descriptor.shutdown(.readWrite)
      #expect(try reader.join() == [])
      #expect(try session.peer.readFrame().unmasked == Frame(.close))
    }
  }

  @Test(arguments: Role.all, Wire.allCases)
  func `close sends CLOSE, does not wait, and leaves the socket open`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      let time = try elapsed { try session.closeWebSocket() }
      #expect(time < .seconds(15))
      #expect(try session.peer.readFrame().unmasked == Frame(.close))
      try session.socket.send("raw".bytes)
      #expect(try session.peer.read(3).text == "raw")
      #expect(!websocketContexts().contains { $0.socket == session.socket })
    }
  }

  @Test func `the layer's own poll says writable by the socket below`() throws {
    for role in Role.all {
      let (socket, peer) = try memoryPair(capacity: 1000)
      try withSession(role, socket, peer) { session in
        let descriptor = session.ws.descriptor
        #expect(try descriptor.poll(for: [.readable, .writable], timeout: .immediate) == .writable)
        try session.socket.send([UInt8](repeating: 0xEE, count: 1000))
        #expect(try descriptor.poll(for: [.readable, .writable], timeout: .immediate) == [])
        try session.write(Frame(.text, "x".bytes))
        #expect(try descriptor.poll(for: [.readable, .writable], timeout: patience) == .readable)
        _ = try peer.read(1000)
        #expect(try descriptor.poll(for: [.readable, .writable], timeout: patience).contains(.writable))
      }
    }
  }
}
