import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTesting

/// Responses that arrive in pieces, long ones, and such with frames right behind them.
struct SplitResponseTests {
  @Test(arguments: Wire.allCases)
  func `Field defect 15: a response in segments of one byte is read as if whole`(wire: Wire) throws {
    try withAttempt(over: wire) { peer in
      for byte in try peer.readHead().acceptance.utf8 {
        try peer.write([byte])
        try peer.waitUntilTaken()
      }
    } _: { attempt in
      #expect(attempt.error == nil)
    }
  }

  @Test(arguments: [64, 256, 65536])
  func `Field defect 15: a response larger than the receive buffer is read whole`(size: Int) throws {
    let attempt = try attempt {
      $0.options.receiveBufferSize = size
      $0.options.maxResponseHeadSize = 40_000
    } answer: { request in
      let fields = (0..<300).map { "X-Field-\($0): \(String(repeating: "v", count: 100))" }
      return response(request.acceptanceLines.prefix(2) + fields + request.acceptanceLines.dropFirst(2))
    }
    #expect(attempt.error == nil)
    #expect(attempt.responses.first?.fields.count == 303)
  }

  @Test func `Field defects 15, 16: a response over the limit gives an error that names the limit`() throws {
    let attempt = try attempt {
      $0.options.maxResponseHeadSize = 500
    } answer: { request in
      response(request.acceptanceLines + ["X: \(String(repeating: "x", count: 500))"])
    }
    #expect(attempt.error?.handshake?.cause == .text(.headTooLarge(limit: 500)))
    #expect(attempt.error?.description.contains("500 bytes (maxResponseHeadSize)") == true)
  }

  @Test(arguments: ScriptedSocket.Fault.allCases.filter { $0 != .reset && $0 != .endOfStream })
  func `a handshake whose writes and reads fall short at any operation comes about`(fault: ScriptedSocket.Fault) throws
  {
    for operation in 0..<8 {
      let (below, peer) = try memoryPair()
      defer { try? below.close() }
      let (socket, _) = try ScriptedSocket.make(over: below, script: .init(fault: fault, at: operation))
      try withAttempt(socket, peer) { peer in
        try peer.acceptHandshake()
      } _: { attempt in
        #expect(attempt.error == nil)
      }
    }
  }

  @Test func `a connection that is reset in the handshake is the network's error`() throws {
    for operation in 0..<2 {
      let (below, peer) = try memoryPair()
      defer { try? below.close() }
      let (socket, _) = try ScriptedSocket.make(over: below, script: .init(fault: .reset, at: operation))
      try withAttempt(socket, peer) { peer in
        // At operation 0 the request does not even leave.
        if operation > 0 { try peer.acceptHandshake() }
      } _: { attempt in
        #expect(attempt.error?.handshake?.cause == .connectionLost(.connectionReset))
        #expect(attempt.error?.description == "the connection was lost during the handshake: Connection reset by peer")
      }
    }
  }

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

  @Test(arguments: Wire.allCases, [nil, 3, 20])
  func `Field defect 1: frames in the same segment as the 101 are there at once, and poll readable`(
    wire: Wire, cut: Int?
  ) throws {
    try withAttempt(over: wire) { peer in
      let frames = Self.frames.bytes
      let count = cut ?? frames.count
      try peer.write(try peer.readHead().acceptance.bytes + frames.prefix(count))
      guard count < frames.count else { return }
      try peer.waitUntilTaken()
      try peer.write(Array(frames.dropFirst(count)))
    } _: { attempt in
      let ws = try attempt.result.get()
      let timeout = cut == nil ? Timeout.immediate : patience
      #expect(try ws.descriptor.poll(for: .readable, timeout: timeout) == .readable)
      try check(ws, timeout: timeout)
      #expect(try attempt.peer.readFrames(2).map { $0.unmasked } == [Frame(.pong, [1, 2]), Frame(closing: 1001)])
    }
  }
}
