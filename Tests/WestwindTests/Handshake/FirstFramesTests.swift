import Testing
import Westwind
import WestwindSockets
import WestwindTesting

/// Frames that come right behind the response head.
struct FirstFramesTests {
  static let frames = [
    Frame(.text, "hällo".bytes), Frame(.ping, [1, 2]), Frame(.binary, [UInt8](0..<200), isFinal: false),
    Frame(.continuation, []), Frame(closing: 1001, "bye"),
  ]

  /// Reads what `frames` are, with the given time per call.
  func check(_ ws: WebSocketDescriptor, timeout: Timeout) throws {
    #expect(try ws.receiveMessage(timeout: timeout).text == "hällo")
    #expect(try ws.receiveMessage(timeout: timeout) == .binary([UInt8](0..<200)))
    let status = CloseStatus(code: .goingAway, reason: "bye")
    #expect(try ws.receiveMessage(timeout: timeout) == .close(status))
    #expect(try ws.closeStatus() == status)
  }

  @Test(arguments: Wire.allCases)
  func `Field defect 1: frames in the same segment as the 101 are there at once`(wire: Wire) throws {
    try withAttempt(over: wire) { peer in
      try peer.write(try peer.readHead().acceptance.bytes + Self.frames.bytes)
    } _: { attempt in
      try check(try attempt.result.get(), timeout: .immediate)
      #expect(try attempt.peer.readFrames(2).map { $0.unmasked } == [Frame(.pong, [1, 2]), Frame(closing: 1001)])
    }
  }

  @Test func `Field defect 1: the 101 and frames behind it may be split at every byte`() throws {
    let size = HTTPHead(text: "GET /\r\nSec-WebSocket-Key: \(String(repeating: "A", count: 22))==").acceptance.utf8
      .count
    for position in 0...(size + Self.frames.bytes.count) {
      let (below, peer) = try memoryPair()
      let (socket, _) = try ScriptedSocket.make(over: below, script: .init(cuttingAt: position))
      defer { try? below.close() }
      try withAttempt(socket, peer) { peer in
        let text = try peer.readHead().acceptance.bytes
        precondition(text.count == size)
        try peer.write(text + Self.frames.bytes)
      } _: { attempt in
        try check(try attempt.result.get(), timeout: patience)
      }
    }
  }

  @Test func `frames behind the 101 make the descriptor poll readable`() throws {
    try withAttempt { peer in
      try peer.write(try peer.readHead().acceptance.bytes + Frame(.text, "x".bytes).bytes)
    } _: { attempt in
      let ws = try attempt.result.get()
      #expect(try ws.descriptor.poll(for: .readable, timeout: .immediate) == .readable)
      #expect(try ws.receiveMessage(timeout: .immediate).text == "x")
      #expect(try ws.descriptor.poll(for: .readable, timeout: .immediate) == [])
    }
  }

  @Test func `a violation behind the 101 is an error of the first receive, not of the connect`() throws {
    try withAttempt { peer in
      try peer.write(try peer.readHead().acceptance.bytes + Frame(.continuation).bytes)
    } _: { attempt in
      let ws = try attempt.result.get()
      #expect(failure { try ws.recvMsg(maxCount: 10) } == .protocolViolation(.continuationWithoutMessage))
      #expect(try attempt.peer.readFrame().closeCode == 1002)
    }
  }
}
