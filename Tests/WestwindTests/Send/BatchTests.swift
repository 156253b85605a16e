import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Frames gathered into one write.
struct BatchTests {
  @Test(arguments: Role.all)
  func `a frame is one write, header and payload together`(role: Role) throws {
    try withCounted(role) { session, counting in
      for size in [0, 1, 125, 126, 10_000] {
        try session.ws.sendMsg([UInt8](repeating: 1, count: size))
        #expect(counting.takeWrites().count == 1)
        #expect(try session.peer.readFrame().payload.count == size)
      }
    }
  }

  @Test(arguments: Role.all)
  func `100 small frames with the flag more leave in one write, with the one without it`(role: Role) throws {
    try withCounted(role) { session, counting in
      for i in 0..<99 { try session.ws.sendMsg([UInt8(i)], flags: .more) }
      #expect(counting.takeWrites() == [])
      #expect(try session.peer.readAvailable() == [])
      try session.ws.sendMsg([99])
      #expect(counting.takeWrites().count == 1)
      #expect(try session.peer.readFrames(100).map { $0.payload } == (0..<100).map { [UInt8($0)] })
    }
  }

  @Test(arguments: Role.all)
  func `100 small frames within a cork leave in one write, behind it`(role: Role) throws {
    try withCounted(role) { session, counting in
      let result = try session.ws.withCork { () throws(WebSocketError) in
        for i in 0..<100 { try session.ws.sendMsg([UInt8(i)]) }
        return counting.takeWrites()
      }
      #expect(result == [])
      #expect(counting.takeWrites().count == 1)
      #expect(try session.peer.readFrames(100).map { $0.payload } == (0..<100).map { [UInt8($0)] })
      try session.ws.sendMsg("alone")
      #expect(counting.takeWrites().count == 1)
    }
  }

  @Test func `corks may be nested; the outermost lets go`() throws {
    try withCounted { session, counting in
      try session.ws.withCork { () throws(WebSocketError) in
        try session.ws.withCork { () throws(WebSocketError) in _ = try session.ws.sendMsg("one") }
        #expect(counting.takeWrites() == [])
        try session.ws.sendMsg("two")
      }
      #expect(counting.takeWrites().count == 1)
      #expect(try session.peer.readFrames(2).map { $0.payload.text } == ["one", "two"])
    }
  }

  @Test func `a cork over more than the transmit buffer writes whenever that is full`() throws {
    try withCounted(options: options { $0.transmitBufferSize = 1024 }) { session, counting in
      try session.ws.withCork { () throws(WebSocketError) in
        for i in 0..<40 { try session.ws.sendMsg([UInt8](repeating: UInt8(i), count: 100)) }
      }
      let writes = counting.takeWrites()
      #expect(writes.reduce(0, +) == 40 * 106)
      #expect(writes.count <= 6)
      #expect(try session.peer.readFrames(40).map { $0.payload[0] } == [UInt8](0..<40))
    }
  }

  @Test func `what was sent within leaves also where the body throws, and its error is the one told`() throws {
    try withCounted { session, counting in
      let error = failure {
        try session.ws.withCork { () throws(WebSocketError) in
          try session.ws.sendMsg("before")
          throw .invalidArgument(.emptyBuffer)
        }
      }
      #expect(error == .invalidArgument(.emptyBuffer))
      #expect(try session.peer.readFrame().payload.text == "before")
      // The cork is out.
      try session.ws.sendMsg("after")
      #expect(try session.peer.readFrame().payload.text == "after")
    }
  }

  @Test func `a frame that is refused within a cork takes nothing with it`() throws {
    try withCounted { session, _ in
      try session.ws.withCork { () throws(WebSocketError) in
        try session.ws.sendMsg("one")
        #expect(failure { try session.ws.sendMsg([0xFF], opcode: .text) }?.errno == .invalidArgument)
        try session.ws.sendMsg("two")
      }
      #expect(try session.peer.readFrames(2).map { $0.payload.text } == ["one", "two"])
    }
  }

  @Test func `a cork that cannot be emptied in time is ETIMEDOUT, and the rest leaves with the next frame`() throws {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { session in
      let error = failure {
        try session.ws.withCork(timeout: .milliseconds(30)) { () throws(WebSocketError) in
          for _ in 0..<10 { try session.ws.sendMsg([UInt8](repeating: 1, count: 18)) }
        }
      }
      #expect(error == .timedOut)
      let sender = BlockingThread { try session.ws.sendMsg("next") }
      let frames = try peer.readFrames(11)
      #expect(frames.dropLast() == Array(repeating: Frame(.binary, [UInt8](repeating: 1, count: 18)), count: 10)[...])
      #expect(frames.last == Frame(.text, "next".bytes))
      #expect(try sender.join() == 4)
    }
  }

  @Test func `a cork while another sender is blocked waits no longer than it is told to`() throws {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { session in
      let sender = try SleepingThread { try session.ws.sendMsg([UInt8](repeating: 7, count: 500)) }
      let time = elapsed {
        #expect(failure { try session.ws.withCork(timeout: .milliseconds(30)) {} } == .timedOut)
      }
      #expect(time < .seconds(15))
      #expect(try peer.readFrame().payload.count == 500)
      #expect(try sender.join() == 500)
      try session.ws.sendMsg("not held back")
      #expect(try peer.readFrame().payload.text == "not held back")
    }
  }

  @Test func `what is held back leaves before CLOSE`() throws {
    try withCounted { session, _ in
      try session.ws.sendMsg("held", flags: .more)
      try session.disconnect(timeout: .immediate)
      #expect(try session.peer.readFrames(2).map { $0.opcode } == [.text, .close])
    }
  }

  @Test func `the answer to a PING takes with it what is held back, in order`() throws {
    try withCounted { session, _ in
      try session.ws.sendMsg("held", flags: .more)
      try session.deliver(Frame(.ping, [1]))
      #expect(failure { try session.ws.recvMsg(maxCount: 1, timeout: .milliseconds(20)) } == .wouldBlock)
      #expect(try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.text, "held".bytes), Frame(.pong, [1])])
    }
  }
}
