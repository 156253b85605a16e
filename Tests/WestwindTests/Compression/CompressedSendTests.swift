import PerMessageDeflate
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// `sendMsg` where compression is agreed on.
struct CompressedSendTests {
  @Test func `frames held back with .more, in a cork and in a batch are whole and in order, plain ones among them`()
    throws
  {
    try withCompression(options: { $0.compression?.minimumSize = 64 }) { (session, codec) throws in
      for number in 0..<5 {
        try session.ws.sendMsg(compressible(size: 700, seed: number), opcode: .binary, flags: .more)
      }
      try session.ws.withCork { () throws(WebSocketError) in
        for number in 5..<10 { try session.ws.sendMsg(compressible(size: 700, seed: number), opcode: .binary) }
      }
      try session.ws.withBatch { batch throws(WebSocketError) in
        for number in 10..<15 {
          let long = compressible(size: 700, seed: number)
          try batch.sendMsg(long.span.bytes, opcode: .binary)
          try batch.sendMsg("short".bytes.span.bytes, opcode: .text)
        }
      }
      for number in 0..<15 {
        #expect(equal(try codec.readMessage(from: session.peer), compressible(size: 700, seed: number)))
        if number >= 10 { #expect(try session.peer.readFrame().unmasked == Frame(.text, "short".bytes)) }
      }
    }
  }

  @Test func `many threads send compressed messages, and each inflates`() throws {
    try withCompression { (session, codec) throws in
      let senders = (0..<6).map { sender in
        BlockingThread {
          for number in 0..<100 {
            try session.ws.sendMsg(
              [UInt8(sender)] + compressible(size: number * 53, seed: number), opcode: .binary, timeout: patience)
            if number % 10 == 0 { try session.ws.sendMsg([UInt8(sender)], opcode: .ping, timeout: patience) }
          }
        }
      }
      var next = [Int](repeating: 0, count: 6)
      var pings = 0
      while next.contains(where: { $0 < 100 }) || pings < 60 {
        let frame = try session.peer.readFrame()
        if frame.opcode == .ping {
          #expect(frame.reservedBits == 0)
          pings += 1
          continue
        }
        let message = try codec.inflate(frame.payload)
        let sender = Int(message[0])
        #expect(equal(Array(message.dropFirst()), compressible(size: next[sender] * 53, seed: next[sender])))
        next[sender] += 1
      }
      for sender in senders { try sender.join() }
    }
  }
}
