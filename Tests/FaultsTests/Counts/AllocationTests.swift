import CAllocationCounter
import SocketLayer
import TestSupport
import Testing
import WebSocket
import WebSocketProtocol

/// In the steady state a frame costs no memory. Counted are the calls for memory of the thread that sends or receives.
///
/// A debug build is as good as a release build for it: what the calls need is on the stack in both, and what the
/// optimizer has to take away first would be a mistake to rely on.
@Suite struct AllocationTests {
  private static let warmUp = 20
  private static let frames = 100
  private static let sizes = [0, 1, 125, 126, 5000, 70_000]

  /// Buffers of a size of their own come from a pool of their own, which no other test empties.
  private static func options(_ role: FaultSetting.Side, _ size: Int) -> WebSocketOptions {
    var options = WebSocketOptions()
    options.receiveBufferSize = 40_000 + 16 * size + (role == .client ? 0 : 8)
    options.transmitBufferSize = options.receiveBufferSize + 1_600_000
    return options
  }

  @Test(arguments: FaultSetting.Side.allCases, sizes)
  func `sending a frame allocates nothing`(role: FaultSetting.Side, size: Int) throws {
    let payload = [UInt8](repeating: 65, count: size)
    _ = try withConnection(as: role, options: Self.options(role, size)) { peer in
      _ = try peer.readToEnd()
    } _: { ws in
      let payload = payload.span.bytes
      try expectNoAllocation {
        try ws.sendMsg(payload, opcode: .binary)
        try ws.sendMsg(payload, opcode: .text, timeout: .seconds(60))
        try ws.sendMsg(payload, opcode: .binary, flags: .more)
        try ws.sendMsg(payload, opcode: .text, final: false)
        try ws.sendMsg(payload, opcode: .continuation)
        try ws.withCork { () throws(WebSocketError) in _ = try ws.sendMsg(payload, opcode: .binary) }
        if payload.byteCount <= 125 { try ws.sendMsg(payload, opcode: .ping) }
        try ws.descriptor.send(payload, timeout: .seconds(60))
      }
    }
  }

  enum Reading: Sendable, CaseIterable {
    case recvMsg
    case borrowedFrames
    case socketCall
  }

  @Test(arguments: FaultSetting.Side.allCases, Reading.allCases)
  func `receiving a frame allocates nothing`(role: FaultSetting.Side, reading: Reading) throws {
    // A PING before each is answered on the way.
    let frames = Self.sizes.dropFirst().flatMap { size -> [RawFrame] in
      let payload = [UInt8](repeating: 66, count: size)
      return [
        RawFrame(RawFrame.ping, [1, 2, 3]), RawFrame(RawFrame.binary, payload),
        RawFrame(RawFrame.text, payload, isFinal: false), RawFrame(RawFrame.continuation, payload),
      ]
    }
    let total = Self.sizes.reduce(0, +) * 3
    let number = Reading.allCases.firstIndex(of: reading)!
    _ = try withConnection(as: role, options: Self.options(role, 10 + number)) { peer in
      let bytes = peer.encoded(frames)
      for _ in 0..<(2 * (Self.warmUp + Self.frames)) { try peer.write(bytes) }
      _ = try peer.readToEnd()
    } _: { ws in
      try withUnsafeTemporaryAllocation(byteCount: 10_000, alignment: 8) { buffer in
        // A call that waits with an end does so in another way.
        for timeout in [Timeout.forever, .seconds(60)] {
          try expectNoAllocation {
            var left = total
            while left > 0 { left -= try receive(ws, reading, timeout, into: buffer) }
          }
        }
      }
    }
  }

  private func receive(
    _ ws: WebSocketDescriptor, _ reading: Reading, _ timeout: Timeout, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    switch reading {
    case .recvMsg:
      return try unsafe ws.recvMsg(into: buffer, timeout: timeout).count
    case .borrowedFrames:
      return try ws.withReceivedFrame(timeout: timeout) { (message, _) throws(WebSocketError) in message.count }
    case .socketCall:
      var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
      return try ws.descriptor.recv(into: &output, timeout: timeout)
    }
  }

  /// Runs the body some times to fill what is kept, and then counts.
  private func expectNoAllocation(_ body: () throws -> Void) throws {
    for _ in 0..<Self.warmUp { try body() }
    let before = allocation_count()
    for _ in 0..<Self.frames { try body() }
    let allocations = allocation_count() - before
    #expect(allocations == 0)
  }

  @Test func `the counter counts`() {
    let before = allocation_count()
    let bytes = [UInt8](repeating: 1, count: Int(allocation_count() - before) + 1000)
    #expect(bytes.count >= 1000)
    #expect(allocation_count() > before)
  }
}
