import CAllocationCounter
import SocketLayer
import TestSupport
import Testing
import WebSocket
import WebSocketProtocol

/// In the steady state a frame costs no memory: counted are the calls for memory of the thread that sends or receives.
///
/// The count is the same in debug and in release builds, since what the calls need is on the stack in both.
@Suite struct AllocationTests {
  @Test(arguments: FaultSetting.Side.allCases, [0, 1, 125, 126, 70_000])
  func `sending a frame allocates nothing`(role: FaultSetting.Side, size: Int) throws {
    try steadyState(as: role) { peer in _ = try peer.readToEnd() } _: { ws, payload in
      try ws.sendMsg(payload, opcode: .binary)
      try ws.sendMsg(payload, opcode: .text, timeout: .seconds(60))
      try ws.sendMsg(payload, opcode: .binary, flags: .more)
    } payload: { [UInt8](repeating: 65, count: size) }
  }

  private func steadyState(
    as role: FaultSetting.Side, peer: @escaping @Sendable (inout RawPeer) throws -> Void,
    _ frame: (WebSocketDescriptor, RawSpan) throws -> Void, payload: () -> [UInt8]
  ) throws {
    let payload = payload()
    _ = try withConnection(as: role, peer: peer) { ws in
      let span = payload.span.bytes
      for _ in 0..<20 { try frame(ws, span) }
      let before = allocation_count()
      _ = allocation_trap(1)
      for _ in 0..<100 { try frame(ws, span) }
      _ = allocation_trap(0)
      #expect(allocation_count() - before == 0)
    }
  }
}
