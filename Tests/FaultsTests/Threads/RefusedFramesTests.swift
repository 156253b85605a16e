import Synchronization
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Threads whose frames are refused take the write lock as any do, and must not leave behind what they found waiting.
@Suite struct RefusedFramesTests {
  private static let pings = 300

  @Test func `every PING is answered while other threads' frames are refused`() throws {
    let isOver = Atomic<Bool>(false)
    let (refused, peer) = try withConnection { peer in
      try Self.ping(&peer)
    } _: { ws in
      let senders = ThreadGroup(4) { _ in
        var refused = 0
        while !isOver.load(ordering: .relaxed) {
          do throws(WebSocketError) {
            try ws.sendMsg([1], opcode: .continuation, timeout: .seconds(60))
          } catch {
            if case .notConnected = error { break }  // CLOSE has come, and has been answered
            guard case .invalidArgument(.frame(.continuationWithoutMessage)) = error else { throw error }
            refused += 1
          }
        }
        return refused
      }
      let end = Result { try ws.recvMsg(maxCount: 10, timeout: .seconds(100)) }
      isOver.store(true, ordering: .relaxed)
      let refused = try senders.join().reduce(0, +)
      #expect(try end.get().message.isClose)
      return refused
    }
    #expect(refused > 0)
    #expect(peer == nil)
  }

  /// Sends a PING when the last was answered. Returns what went wrong.
  private static func ping(_ peer: inout RawPeer) throws -> String? {
    for i in 0..<pings {
      let payload = Array("\(i)".utf8)
      try peer.write([RawFrame(RawFrame.ping, payload)])
      let answer = Result { try peer.readFrame() }
      guard case .success(let frame) = answer, frame == RawFrame(RawFrame.pong, payload) else {
        try peer.write([RawFrame(RawFrame.close, [])])
        return "PING \(i): \(answer)"
      }
    }
    try peer.write([RawFrame(RawFrame.close, [])])
    return nil
  }
}
