import PerMessageDeflate
import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Windows of every size, both ways, with the context kept and not.
struct CompressionWindowTests {
  @Test(arguments: Role.all, Array(8...15))
  func `both directions work with a window of any size`(role: Role, bits: Int) throws {
    for keepsContext in [true, false] {
      let parameters = PerMessageDeflateParameters(
        serverNoContextTakeover: !keepsContext, clientNoContextTakeover: !keepsContext, serverMaxWindowBits: bits,
        clientMaxWindowBits: 23 - bits)
      try withCompression(role, parameters) { (session, codec) throws in
        // What repeats does so nearer than a window, just beyond it, and far away.
        let run = pattern(size: 1 << bits, seed: UInt64(bits))
        let near = Array(run[..<200])
        for payload in [run + run, near + near, compressible(size: 40_000), run] {
          try session.sendMsg(payload, opcode: .binary)
          #expect(difference(try codec.readMessage(from: session.peer), payload) == nil)
          try session.write(codec.frame(.binary, payload))
          #expect(difference(try session.receiveMessage().payload, payload) == nil)
        }
      }
    }
  }

  @Test(arguments: Role.all)
  func `without the context a repetition costs as much as the first time`(role: Role) throws {
    try withCompression(role, .init(serverNoContextTakeover: true, clientNoContextTakeover: true)) {
      (session, codec) throws in
      let payload = pattern(size: 1000, seed: 1)
      for _ in 0..<3 {
        try session.sendMsg(payload, opcode: .binary)
        let frame = try session.peer.readFrame()
        #expect(frame.payload.count > 900)
        #expect(equal(try codec.inflate(frame.payload), payload))
      }
    }
  }
}
