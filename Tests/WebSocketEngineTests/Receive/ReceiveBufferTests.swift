import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// An input of any size, also in memory that its owner has lent (Zephyr's `tmp_buf`).
struct ReceiveBufferTests {
  @Test(arguments: Role.all, [64, 65, 71, 72, 100, 256, 4096])
  func `a connection lives in the caller's memory, of any size and alignment, and writes nowhere else`(
    role: Role, size: Int
  ) throws {
    let payload = pattern(size: 5000, seed: UInt64(size))
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size + 64, alignment: 8)
    defer { memory.deallocate() }
    for offset in 16..<24 {
      memory.copyBytes(from: [UInt8](repeating: 0xA5, count: size + 64))
      let buffer = UnsafeMutableRawBufferPointer(rebasing: memory[offset..<(offset + size)])
      try withSession(role, options: options { $0.lent = buffer }) { (session) throws in
        session.write(
          Frame(.binary, payload), Frame(.ping, [UInt8](repeating: 7, count: 125)), Frame(.text, "grüße".bytes),
          Frame(closing: 1000, String(repeating: "x", count: 123)))
        #expect(difference(try session.receiveMessage().payload, payload) == nil)
        #expect(try session.receiveMessage().text == "grüße")
        #expect(try session.receiveMessage().payload.count == 125)
        #expect(try session.peer.readFrame().payload == [UInt8](repeating: 7, count: 125))
      }
      #expect(memory[..<offset].allSatisfy { $0 == 0xA5 })
      #expect(memory[(offset + size)...].allSatisfy { $0 == 0xA5 })
      #expect(!buffer.allSatisfy { $0 == 0xA5 })
    }
  }

  @Test(arguments: [64, 65, 1000, 1 << 20])
  func `the library's buffer may have any size from 64 bytes`(size: Int) throws {
    let payload = pattern(size: 3000, seed: 9)
    try withSession(options: options { $0.input = size }) { (session) throws in
      session.write(Frame(.binary, payload), Frame(.binary, payload))
      for _ in 0..<2 { #expect(equal(try session.receiveMessage().payload, payload)) }
    }
  }
}
