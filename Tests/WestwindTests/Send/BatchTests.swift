import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Frames gathered into one write.
struct BatchTests {
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

  @Test func `corks may be nested, and have a batch in them; the outermost lets go`() throws {
    try withCounted { session, counting in
      try session.ws.withCork { () throws(WebSocketError) in
        try session.ws.withCork { () throws(WebSocketError) in _ = try session.ws.sendMsg("one") }
        try session.ws.withBatch { batch throws(WebSocketError) in
          try batch.sendMsg("batch".bytes.span.bytes, opcode: .binary)
        }
        #expect(counting.takeWrites() == [])
        try session.ws.sendMsg("two")
      }
      #expect(counting.takeWrites().count == 1)
      #expect(try session.peer.readFrames(3).map { $0.payload.text } == ["one", "batch", "two"])
      // What `.more` holds back waits for the end of the batch, too.
      try session.ws.sendMsg("held", flags: .more)
      try session.ws.withBatch { batch throws(WebSocketError) in
        #expect(counting.takeWrites() == [])
        try batch.sendMsg("batch".bytes.span.bytes, opcode: .binary)
      }
      #expect(counting.takeWrites().count == 1)
      #expect(try session.peer.readFrames(2).map { $0.payload.text } == ["held", "batch"])
    }
  }

  @Test(arguments: [true, false])
  func `what was sent within leaves also where the body throws, and its error is the one told`(isBatch: Bool) throws {
    try withCounted { session, counting in
      let error = failure {
        if isBatch {
          try session.ws.withBatch { batch throws(WebSocketError) in
            try batch.sendMsg("before".bytes.span.bytes, opcode: .binary)
            throw .invalidArgument(.emptyBuffer)
          }
        } else {
          try session.ws.withCork { () throws(WebSocketError) in
            try session.ws.sendMsg("before")
            throw .invalidArgument(.emptyBuffer)
          }
        }
      }
      #expect(error == .invalidArgument(.emptyBuffer))
      #expect(try session.peer.readFrame().payload.text == "before")
      // The cork is out.
      try session.ws.sendMsg("after")
      #expect(try session.peer.readFrame().payload.text == "after")
    }
  }

  @Test(arguments: [true, false])
  func `what does not leave in time is ETIMEDOUT, and the rest leaves with the next frame`(isBatch: Bool) throws {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { session in
      let payload = [UInt8](repeating: 1, count: 18)
      let error = failure {
        if isBatch {
          try session.ws.withBatch(timeout: .milliseconds(30)) { batch throws(WebSocketError) in
            for _ in 0..<10 { try batch.sendMsg(payload.span.bytes, opcode: .binary) }
          }
        } else {
          try session.ws.withCork(timeout: .milliseconds(30)) { () throws(WebSocketError) in
            for _ in 0..<10 { try session.ws.sendMsg(payload) }
          }
        }
      }
      #expect(error == .timedOut)
      let sender = BlockingThread { try session.ws.sendMsg("next") }
      let frames = try peer.readFrames(11)
      #expect(frames.dropLast() == Array(repeating: Frame(.binary, payload), count: 10)[...])
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

  @Test func `the answer to a PING takes with it what is held back, in order`() throws {
    try withCounted { session, _ in
      try session.ws.sendMsg("held", flags: .more)
      try session.deliver(Frame(.ping, [1]))
      #expect(failure { try session.ws.recvMsg(maxCount: 1, timeout: .milliseconds(20)) } == .wouldBlock)
      #expect(try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.text, "held".bytes), Frame(.pong, [1])])
    }
  }
}
