import PerMessageDeflate
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindTestSupport

/// Compressed payload that is not what it says, or more than is wanted.
struct BrokenCompressionTests {
  @Test(arguments: [true, false])
  func `a bomb of a GiB in a MiB is stopped at the limit, in time and in memory`(isText: Bool) async {
    await #expect(processExitsWith: .success) { [isText = isText as Bool] in
      let limit = 1_000_000
      // The peer's memory is taken before it is measured.
      let bomb = try zeros(gibibytes: 1, isText ? .text : .binary).bytes
      try #require(bomb.count < 1 << 21)
      // Code takes its pages when it runs for the first time, some MB of them in a debug build: a small bomb does that.
      try withCompression(options: { $0.maxMessageSize = 1000 }) { (session, codec) throws in
        try session.write(codec.frame(isText ? .text : .binary, [UInt8](repeating: 0, count: 100_000)))
        #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) } == .messageTooBig(limit: 1000))
        #expect(try session.peer.readFrame().closeCode == 1009)
      }
      try withCompression(options: { $0.maxMessageSize = limit }) { (session, _) throws in
        let writer = BlockingThread { try? session.peer.write(bomb) }
        let before = try peakMemory()
        #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) } == .messageTooBig(limit: limit))
        // A sanitizer keeps what is freed, and memory of its own beside it.
        let growth = try peakMemory() - before
        #expect(growth < 4 * limit || hasSanitizer, "\(growth) bytes")
        #expect(try session.peer.readFrame().closeCode == 1009)
        session.end()
        _ = try writer.join()
      }
    }
  }
}

/// A frame that inflates to so many GiB of zeros: a run of whole blocks that refer to themselves, again and again.
private func zeros(gibibytes: Int, _ opcode: Opcode) throws -> Frame {
  let codec = PeerCodec(.client, .init(), level: 9)
  let piece = [UInt8](repeating: 0, count: 1 << 20)
  let first = try codec.frame(opcode, piece, isFinal: false).payload
  // From the second on the block is the same each time: it refers to the zeros before it.
  let next = try codec.frame(.continuation, piece, isFinal: false).payload
  var payload = first
  for _ in 1..<(gibibytes << 10) { payload += next }
  return Frame(opcode, payload + [0], reservedBits: FrameHeader.rsv1)
}
