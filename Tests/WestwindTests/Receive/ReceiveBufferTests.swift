import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindTestSupport

/// The caller's own receive buffer (Zephyr's `tmp_buf`), and the sizes of the library's.
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
      nonisolated(unsafe) let buffer = UnsafeMutableRawBufferPointer(rebasing: memory[offset..<(offset + size)])
      try withSession(role, over: .memory, options: options { $0.receiveBuffer = buffer }) { session in
        try session.write(
          Frame(.binary, payload), Frame(.ping, [UInt8](repeating: 7, count: 125)), Frame(.text, "grüße".bytes),
          Frame(closing: 1000, String(repeating: "x", count: 123)))
        #expect(difference(try session.ws.receiveMessage(timeout: patience).binary, payload) == nil)
        #expect(try session.ws.receiveMessage(timeout: patience).text == "grüße")
        let status = CloseStatus(code: .normal, reason: String(repeating: "x", count: 123))
        #expect(try session.ws.receiveMessage(timeout: patience) == .close(status))
        #expect(try session.peer.readFrame().payload == [UInt8](repeating: 7, count: 125))
      }
      #expect(memory[..<offset].allSatisfy { $0 == 0xA5 })
      #expect(memory[(offset + size)...].allSatisfy { $0 == 0xA5 })
      #expect(!buffer.allSatisfy { $0 == 0xA5 })
    }
  }

  @Test func `the transmit buffer may have any size from 256 bytes`() throws {
    for size in [256, 257, 1000, 100_000] {
      try withSession(options: options { $0.transmitBufferSize = size }) { (session) throws in
        for length in [0, 125, size - 14, size - 8, size, size + 1, 3 * size] {
          let payload = pattern(size: length, seed: UInt64(length))
          let sender = BlockingThread { try session.ws.sendMsg(payload) }
          #expect(equal(try session.peer.readFrame().payload, payload))
          #expect(try sender.join() == length)
        }
      }
    }
  }

  @Test func `buffers that are too small are refused in the server's role too, and the socket stays free`() throws {
    let (socket, peer) = try memoryPair()
    defer {
      try? socket.close()
      peer.close()
    }
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 63, alignment: 8)
    defer { memory.deallocate() }
    nonisolated(unsafe) let small = memory
    for (options, minimum) in [
      (options { $0.receiveBuffer = small }, 64), (options { $0.receiveBufferSize = 63 }, 64),
      (options { $0.transmitBufferSize = 255 }, 256),
    ] {
      let error = failure { try websocketRegister(socket, options: options) }
      #expect(error == .invalidArgument(.bufferTooSmall(minimum: minimum)))
      #expect(error?.errno == .invalidArgument)
    }
    let ws = try websocketRegister(socket)
    _ = try websocketDisconnect(ws, timeout: .immediate)
  }
}
