import Testing
import WebSocketProtocol
import Westwind
import WestwindTestSupport

/// Messages sent in fragments.
struct FragmentTests {
  @Test func `Must differ: senders on several threads never mix their frames`() throws {
    try withSession(over: .memory) { session in
      let threads = (0..<4).map { (sender: UInt64) in
        BlockingThread {
          for i in 0..<100 {
            // Sizes on both sides of the transmit buffer's.
            let size = i % 10 == 0 ? 70_000 : i * 3
            try session.ws.sendMsg([UInt8(sender), UInt8(i)] + pattern(size: size, seed: sender * 1000 + UInt64(i)))
            if i % 7 == 0 { try session.ws.sendMsg([UInt8(sender)], opcode: .ping) }
          }
        }
      }
      var next = [0, 0, 0, 0]
      var pings = 0
      while next.reduce(0, +) < 400 || pings < 60 {
        let frame = try session.peer.readFrame()
        if frame.opcode == .ping {
          pings += 1
          continue
        }
        let sender = Int(frame.payload[0])
        let i = Int(frame.payload[1])
        #expect(i == next[sender])
        next[sender] += 1
        let size = i % 10 == 0 ? 70_000 : i * 3
        #expect(equal(Array(frame.payload.dropFirst(2)), pattern(size: size, seed: UInt64(sender * 1000 + i))))
      }
      for thread in threads { try thread.join() }
    }
  }
}
