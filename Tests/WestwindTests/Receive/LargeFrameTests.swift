import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Frames of half the receive buffer and more, which are read so that no payload has to be moved, among others.
struct LargeFrameTests {
  enum Way: Sendable, CaseIterable {
    case whole
    case pieces
    case lent
    case lentTogether
    case message
    case peeked

    /// Receives once.
    ///
    /// - Returns: the payload.
    func receive(_ ws: WebSocketDescriptor) throws -> [UInt8] {
      switch self {
      case .whole:
        return try ws.recvMsg(maxCount: 300_000, timeout: patience).payload
      case .pieces:
        return try ws.recvMsg(maxCount: 10_007, timeout: patience).payload
      case .lent:
        return try ws.withReceivedFrame(timeout: patience) { (_, bytes) throws(WebSocketError) in bytes.array }
      case .lentTogether:
        var payload: [UInt8] = []
        _ = try ws.withReceivedFrames(timeout: patience) { (_, bytes) throws(WebSocketError) in
          payload += bytes.array
        }
        return payload
      case .message:
        let message = try ws.receiveMessage(timeout: patience)
        return message.binary ?? message.text?.bytes ?? []
      case .peeked:
        _ = try ws.peekMsg(timeout: patience)
        return try ws.recvMsg(maxCount: 70_000, timeout: patience).payload
      }
    }
  }

  @Test(arguments: Role.all, Way.allCases)
  func `large and small frames in any order arrive, however they are split`(role: Role, way: Way) throws {
    var random = SeededGenerator(seed: 7)
    let sizes = [
      65536, 65536, 65536, 3, 40_000, 65536, 0, 200_000, 65535, 32_768, 32_767, 33_000, 1, 65536, 65536, 100_000, 2, 2,
    ]
    var frames: [Frame] = []
    var expected: [UInt8] = []
    for (number, size) in sizes.enumerated() {
      let payload = pattern(size: size, seed: UInt64(number))
      expected += payload
      if number % 5 == 3 {
        frames.append(Frame(.binary, Array(payload[..<(size / 2)]), isFinal: false))
        frames.append(Frame(.ping, [UInt8(number)]))
        frames.append(Frame(.continuation, Array(payload[(size / 2)...])))
      } else {
        frames.append(Frame(.binary, payload))
      }
    }
    let text = String(repeating: "schön ", count: 9000).bytes
    frames.append(Frame(.text, text))
    expected += text
    frames.append(Frame(.text, text))
    expected += text
    try withSession(role) { session in
      let stream = session.bytes(frames)
      var cuts: [Int] = []
      var end = 0
      while end < stream.count {
        end = min(stream.count, end + Int.random(in: 1...(Bool.random(using: &random) ? 20 : 90_000), using: &random))
        cuts.append(end)
      }
      let ends = cuts
      let writer = BlockingThread {
        var start = 0
        for end in ends {
          try session.peer.write(Array(stream[start..<end]))
          start = end
        }
      }
      var received: [UInt8] = []
      while received.count < expected.count { received += try way.receive(session.ws) }
      try writer.join()
      #expect(difference(received, expected) == nil)
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .immediate) } == .wouldBlock)
      #expect(try !pollsReadable(session.ws.rawValue, .immediate))
    }
  }
}
