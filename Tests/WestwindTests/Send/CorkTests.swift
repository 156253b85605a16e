import Synchronization
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// `withCork` of one thread, and what others send meanwhile.
struct CorkTests {
  @Test(arguments: Role.all, Wire.allCases)
  func `a frame of another thread leaves at once, and does not wait for the cork`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      let isCorked = Atomic<Bool>(false)
      let corking = BlockingThread {
        try session.ws.withCork { () throws(WebSocketError) in
          try session.ws.sendMsg("held")
          isCorked.store(true, ordering: .sequentiallyConsistent)
          // A body that waits for the other side would never end if the other thread's frame waited for it.
          return try session.ws.receiveMessage(timeout: patience).text
        }
      }
      while !isCorked.load(ordering: .sequentiallyConsistent) {}
      #expect(try session.ws.sendMsg("now", timeout: patience) == 3)
      #expect(try session.peer.readFrames(2).map { $0.payload.text } == ["held", "now"])
      try session.write(Frame(.text, "answer".bytes))
      #expect(try corking.join() == "answer")
    }
  }

  @Test func `each thread's cork holds back its own frames`() throws {
    try withSession { session in
      let step = Atomic<Int>(0)
      @Sendable func arrive(at number: Int) { step.store(number, ordering: .sequentiallyConsistent) }
      @Sendable func wait(for number: Int) { while step.load(ordering: .sequentiallyConsistent) < number {} }
      let other = BlockingThread {
        try session.ws.withCork { () throws(WebSocketError) in
          try session.ws.sendMsg("a")
          arrive(at: 1)
          wait(for: 2)
          try session.ws.sendMsg("c")
          arrive(at: 3)
          wait(for: 4)
        }
      }
      wait(for: 1)
      #expect(try session.peer.readAvailable() == [])
      try session.ws.withCork { () throws(WebSocketError) in
        _ = try session.ws.withCork { () throws(WebSocketError) in try session.ws.sendMsg("b") }
        arrive(at: 2)
        wait(for: 3)
      }
      // The end of this thread's cork sends all that waits.
      #expect(try session.peer.readFrames(3).map { $0.payload.text } == ["a", "b", "c"])
      arrive(at: 4)
      try other.join()
      try session.ws.sendMsg("d")
      #expect(try session.peer.readFrame().payload.text == "d")
    }
  }

  @Test func `a batch of another thread leaves at its end, and does not wait for the cork`() throws {
    try withSession { session in
      try session.ws.withCork { () throws(WebSocketError) in
        let batch = BlockingThread {
          try session.ws.withBatch { batch throws(WebSocketError) in
            let payload: [UInt8] = [1]
            _ = try batch.sendMsg(payload.span.bytes, opcode: .binary)
          }
        }
        let outcome: Void? = try? batch.join()
        #expect(outcome != nil)
        let frame = try? session.peer.readFrame()
        #expect(frame?.payload == [1])
      }
    }
  }
}
