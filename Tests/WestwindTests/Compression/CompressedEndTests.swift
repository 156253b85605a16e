import PerMessageDeflate
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Ends in the middle of compressed messages.
struct CompressedEndTests {
  @Test(arguments: Role.all)
  func `a disconnect reads on over compressed messages to the peer's CLOSE`(role: Role) throws {
    try withCompression(role) { (session, codec) throws in
      let bytes = session.bytes(
        try codec.frame(.binary, compressible(size: 200_000)), try codec.frame(.text, "grüße".bytes, isFinal: false),
        try codec.frame(.continuation, []), Frame(closing: 1000, "done"))
      try session.peer.deliver(Array(bytes[..<100]))
      #expect(failure { try session.ws.peekMsg(timeout: .immediate) } == .wouldBlock)
      try session.peer.write(Array(bytes[100...]))
      #expect(try session.disconnect() == CloseStatus(code: .normal, reason: "done"))
    }
  }

  @Test func `a disconnect ends a reader that waits for the rest of a compressed frame`() throws {
    try withCompression { (session, codec) throws in
      let bytes = session.bytes(try codec.frame(.binary, compressible(size: 3000)))
      try session.peer.write(Array(bytes[..<20]))
      let reader = try SleepingThread { failure { try session.ws.recvMsg(maxCount: 10) } }
      _ = try? session.disconnect(timeout: .immediate)
      #expect(try reader.join()?.errno == .socketNotConnected)
    }
  }

  @Test func `a disconnect ends a sender that compresses`() throws {
    try withCompression(over: .memory, options: { $0.compression?.compressionLevel = 9 }) { (session, _) throws in
      let huge = [UInt8](repeating: 0, count: 1 << 28)
      let hasBegun = Lock(false)
      let sender = BlockingThread {
        hasBegun.withLock { $0 = true }
        return failure { try session.ws.sendMsg(huge, opcode: .binary) }
      }
      while !hasBegun.withLock({ $0 }) {}
      // The thread is in the middle of some hundred milliseconds' work, or has not begun.
      _ = try? session.ws.recvMsg(maxCount: 1, timeout: .milliseconds(30))
      _ = try? session.disconnect(timeout: .immediate)
      let error = try sender.join()
      #expect(error?.errno == .socketNotConnected || error?.errno == .badFileDescriptor)
      // Not a byte of the message has left behind the end.
      #expect(try parseFrames(session.peer.readAvailable()).frames.allSatisfy { $0.opcode == .close })
    }
  }

  @Test func `shutting the reading down in the middle of a compressed frame ends it`() throws {
    try withCompression { (session, codec) throws in
      try session.peer.write(session.bytes(try codec.frame(.binary, compressible(size: 3000))).dropLast())
      #expect(failure { try session.ws.peekMsg(timeout: .immediate) } == .wouldBlock)
      try session.ws.descriptor.shutdown(.read)
      #expect(try session.ws.descriptor.recv(maxCount: 10, timeout: patience) == [])
    }
  }
}
