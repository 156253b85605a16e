import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// A plain `send` on a descriptor that must not wait: a frame that has begun is finished later.
struct PlainSendTests {
  @Test(arguments: Role.all)
  func `a frame that fits our buffer is taken whole, and its rest leaves as soon as the socket takes it`(role: Role)
    throws
  {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(role, socket, peer) { session in
      try session.ws.descriptor.setNonBlocking(true)
      let text = String(repeating: "x", count: 250)
      #expect(try session.ws.descriptor.send(text.bytes) == 250)
      // Behind it nothing can begin.
      #expect(errno { try session.ws.descriptor.send("y".bytes) } == .wouldBlock)
      #expect(failure { try session.ws.sendMsg("y", timeout: .immediate) } == .wouldBlock)
      var bytes = try peer.read(100)
      // The number polls readable while there is something to write and room for it, and receiving writes it.
      while bytes.count < 250 + (role == .client ? 8 : 4) {
        #expect(try pollsReadable(session.ws.rawValue, patience))
        #expect(errno { try session.ws.descriptor.recv(maxCount: 10) } == .wouldBlock)
        let more = try peer.readAvailable()
        try #require(!more.isEmpty)
        bytes += more
      }
      #expect(try parseFrames(bytes).frames.map { $0.payload.text } == [text])
      #expect(try !pollsReadable(session.ws.rawValue, .immediate))
      #expect(try session.ws.descriptor.send("y".bytes) == 1)
      #expect(try peer.readFrame().payload.text == "y")
    }
  }

  @Test func `the rest of a frame leaves with the next write too`() throws {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { (session) throws in
      #expect(try session.ws.descriptor.send(String(repeating: "x", count: 150).bytes, flags: .dontWait) == 150)
      let sender = BlockingThread { try session.ws.sendMsg("next") }
      #expect(try peer.readFrames(2).map { $0.payload.count } == [150, 4])
      #expect(try sender.join() == 4)
    }
  }

  @Test func `the rest of a frame leaves while a thread is blocked in receiving`() throws {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { session in
      #expect(try session.ws.descriptor.send(String(repeating: "x", count: 250).bytes, flags: .dontWait) == 250)
      let reader = BlockingThread { try session.ws.receiveMessage(timeout: patience).text }
      #expect(try peer.readFrame().payload.count == 250)
      try session.write(Frame(.text, "done".bytes))
      #expect(try reader.join() == "done")
    }
  }

  @Test(arguments: Role.all)
  func `of more than our buffer holds a part is taken, as a frame of its own`(role: Role) throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    let options = options {
      $0.transmitBufferSize = 4096
      $0.sendOpcode = .binary
    }
    try withSession(role, socket, peer, options: options) { session in
      let payload = pattern(size: 10_000, seed: 4)
      let taken = try session.ws.descriptor.send(payload, flags: .dontWait)
      #expect((4096..<10_000).contains(taken))
      let reader = BlockingThread { try session.ws.receiveMessage(timeout: patience).text }
      #expect(try peer.readFrame().payload == Array(payload[..<taken]))
      try session.write(Frame(.text, "fine".bytes))
      #expect(try reader.join() == "fine")
    }
  }

  @Test func `a part of text ends where a character does`() throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(.server, socket, peer, options: options { $0.transmitBufferSize = 256 }) { session in
      let text = String(repeating: "😀", count: 200)
      let taken = try session.ws.descriptor.send(text.bytes, flags: .dontWait)
      #expect((256..<800).contains(taken) && taken % 4 == 0)
      #expect(try peer.readFrame() == Frame(.text, Array(text.utf8.prefix(taken))))
    }
  }

  @Test func `where nothing can be taken it is EAGAIN, and nothing has been`() throws {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { session in
      try session.socket.send([UInt8](repeating: 0xEE, count: 100))
      #expect(errno { try session.ws.descriptor.send("x".bytes, flags: .dontWait) } == .wouldBlock)
      #expect(errno { try session.ws.descriptor.send("x".bytes, timeout: .milliseconds(20)) } == .wouldBlock)
      _ = try peer.read(100)
      #expect(try session.ws.descriptor.send("y".bytes, flags: .dontWait) == 1)
      #expect(try peer.readFrame() == Frame(.text, "y".bytes))
    }
  }
}
