import Glibc
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Memory that the caller lent as `receiveBuffer`: all that a connection receives into, and the caller's again once it has
/// been ended.
struct LentMemoryTests {
  private static let size = 4096

  /// Ends the connection while a thread is blocked, then has the peer send.
  ///
  /// - Parameters:
  ///   - before: runs in the thread that will be blocked, behind its first call.
  ///   - meanwhile: runs when it is blocked.
  private static func reuse(
    _ role: Role, over wire: Wire, before: @escaping @Sendable () -> Void = {}, meanwhile: () -> Void = {},
    by end: (Session) throws -> Void
  ) throws {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
    defer { memory.deallocate() }
    nonisolated(unsafe) let buffer = memory
    try withSession(role, over: wire, options: options { $0.receiveBuffer = buffer }) { session in
      let ws = session.ws
      #expect(failure { try ws.recvMsg(maxCount: 1, timeout: .milliseconds(1)) } == .wouldBlock)
      let reader = try SleepingThread {
        _ = try? ws.recvMsg(maxCount: 1, timeout: .milliseconds(1))
        before()
        return failure { try ws.recvMsg(maxCount: 2000) }
      }
      meanwhile()
      try end(session)
      memory.copyBytes(from: [UInt8](repeating: 0xAA, count: size))
      // A connection whose socket was closed with it takes nothing any more.
      try? session.write(Frame(.binary, [UInt8](repeating: 0xEE, count: 500)))
      #expect(try reader.join()?.errno == .socketNotConnected)
      #expect(memory.count { $0 != 0xAA } == 0)
    }
  }

  @Test(arguments: Role.all, [64, 71])
  func `a connection lives in it, however small it is and wherever it begins, and writes nowhere else`(
    role: Role, size: Int
  ) throws {
    let payload = pattern(size: 5000, seed: UInt64(size))
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: size + 64, alignment: 8)
    defer { memory.deallocate() }
    for offset in [16, 19] {
      memory.copyBytes(from: [UInt8](repeating: 0xA5, count: size + 64))
      nonisolated(unsafe) let buffer = UnsafeMutableRawBufferPointer(rebasing: memory[offset..<(offset + size)])
      try withSession(role, over: .memory, options: options { $0.receiveBuffer = buffer }) { session in
        try session.write(
          Frame(.binary, payload), Frame(.text, "grüße".bytes),
          Frame(closing: 1000, String(repeating: "x", count: 123)))
        #expect(difference(try session.ws.receiveMessage(timeout: patience).binary, payload) == nil)
        #expect(try session.ws.receiveMessage(timeout: patience).text == "grüße")
        #expect(try session.ws.receiveMessage(timeout: patience).isClose)
      }
      #expect(memory[..<offset].allSatisfy { $0 == 0xA5 })
      #expect(memory[(offset + size)...].allSatisfy { $0 == 0xA5 })
      #expect(!buffer.allSatisfy { $0 == 0xA5 })
    }
  }

  @Test(arguments: Role.all, Wire.allCases)
  func `it is not written after a disconnect`(role: Role, wire: Wire) throws {
    for _ in 0..<20 { try Self.reuse(role, over: wire) { try $0.disconnect(timeout: .immediate) } }
  }

  @Test(arguments: Wire.allCases)
  func `it is not written after a close of the descriptor`(wire: Wire) throws {
    for _ in 0..<20 { try Self.reuse(.server, over: wire) { try $0.closeWebSocket() } }
  }

  @Test(arguments: Role.all)
  func `it is not written where the thread blocks all signals`(role: Role) throws {
    let maskAll: @Sendable () -> Void = {
      var all = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_BLOCK, &all, nil)
    }
    try Self.reuse(role, over: .tcp, before: maskAll) { try $0.disconnect(timeout: .immediate) }
  }

  @Test func `it is not written where the program ignores, or handles, any signal later`() async {
    await #expect(processExitsWith: .success) {
      for ignores in [true, false] {
        try Self.reuse(.client, over: .tcp) {
          for number in 1...64 where number != SIGCHLD {
            // glibc's `signal` sets SA_RESTART.
            _ = ignores ? signal(CInt(number), SIG_IGN) : signal(CInt(number)) { _ in }
          }
        } by: {
          try $0.disconnect(timeout: .immediate)
        }
      }
    }
  }
}
