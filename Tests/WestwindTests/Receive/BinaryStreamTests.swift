import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Payload of binary messages taken as one stream, which is what MQTT reads.
struct BinaryStreamTests {
  @Test(arguments: Role.all, Wire.allCases)
  func `frames of one segment come joined, empty ones and fragments too`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      try session.deliver(
        Frame(.binary, [1, 2]), Frame(.binary), Frame(.binary, [3], isFinal: false),
        Frame(.continuation, [], isFinal: false), Frame(.continuation, [4, 5]), Frame(.binary, [6]))
      #expect(try session.ws.binary() == .bytes([1, 2, 3, 4, 5, 6]))
      #expect(failure { try session.ws.binary(timeout: .immediate) } == .wouldBlock)
    }
  }

  @Test func `a small room takes the stream in pieces across frames`() throws {
    try withSession { session in
      try session.deliver(Frame(.binary, [1, 2, 3]), Frame(.binary, [4]), Frame(.binary, [5, 6, 7]))
      #expect(try session.ws.binary(maxCount: 2) == .bytes([1, 2]))
      #expect(try session.ws.binary(maxCount: 3) == .bytes([3, 4, 5]))
      // what is left in the buffer polls readable
      #expect(try pollsReadable(session.ws.rawValue, .immediate))
      #expect(try session.ws.binary(maxCount: 3) == .bytes([6, 7]))
      #expect(try !pollsReadable(session.ws.rawValue, .immediate))
      #expect(failure { try session.ws.binary(maxCount: 0) } == .invalidArgument(.emptyBuffer))
    }
  }

  /// What comes behind binary frames, and what the call behind theirs says of it.
  enum Behind: Sendable, CaseIterable {
    case text, close, violation, end, controlFrames

    var bytes: [Frame] {
      switch self {
      case .text: [Frame(.text)]
      case .close: [Frame(closing: 1001, "gone"), Frame(.binary, [3])]
      case .violation: [Frame(.binary, [9], reservedBits: 4), Frame(.binary, [3])]
      case .end: []
      case .controlFrames: [Frame(.ping, [3]), Frame(.pong)]
      }
    }
  }

  @Test(arguments: Role.all, Behind.allCases)
  func `what comes behind binary frames of one segment is told behind them, and polls readable`(
    role: Role, behind: Behind
  ) throws {
    try withSession(role) { session in
      try session.peer.deliver(
        session.bytes([Frame(.binary, [1]), Frame(.ping, [1]), Frame(.binary, [2])] + behind.bytes))
      if behind == .end { session.peer.close() }
      #expect(try session.ws.binary() == .bytes([1, 2]))
      let timeout = behind == .end ? patience : .immediate
      #expect(try pollsReadable(session.ws.rawValue, timeout) == (behind != .controlFrames))
      switch behind {
      case .text: for _ in 0..<2 { #expect(try session.ws.binary() == .text) }
      case .close:
        #expect(try session.ws.binary() == .close)
        #expect(try session.ws.closeStatus() == CloseStatus(code: .goingAway, reason: "gone"))
      case .violation: #expect(failure { try session.ws.binary() } == .protocolViolation(.reservedBits(4)))
      case .end: break
      case .controlFrames:
        #expect(failure { try session.ws.binary(timeout: .milliseconds(20)) } == .wouldBlock)
        #expect(try session.peer.readFrames(2).map { $0.unmasked } == [Frame(.pong, [1]), Frame(.pong, [3])])
      }
      guard behind != .text, behind != .controlFrames else { return }
      #expect(failure { try session.ws.binary() }?.errno == .socketNotConnected)
    }
  }

  @Test func `in manual mode PING, PONG and CLOSE are passed over too, and answered, since the caller cannot`() throws {
    try withSession(options: options { $0.controlFrames = .manual }) { session in
      try session.deliver(
        Frame(.ping, [1]), Frame(.binary, [2]), Frame(.pong), Frame(.ping), Frame(.binary, [3]), Frame(closing: 1000))
      var stream: [UInt8] = []
      while stream.count < 2, case .bytes(let bytes) = try session.ws.binary() { stream += bytes }
      #expect(stream == [2, 3])
      #expect(try session.ws.binary() == .close)
      #expect(failure { try session.ws.binary() }?.errno == .socketNotConnected)
      #expect(
        try session.peer.readFrames(3).map { $0.unmasked } == [Frame(.pong, [1]), Frame(.pong), Frame(closing: 1000)])
      #expect(try session.peer.readAvailable() == [])
    }
  }
}

/// What `receiveBinary` brought.
private enum Run: Equatable {
  case bytes([UInt8])
  case text
  case close
}

extension WebSocketDescriptor {
  fileprivate func binary(maxCount: Int = 1000, timeout: Timeout = patience) throws -> Run {
    var run: Result<BinaryRun, WebSocketError> = .failure(.wouldBlock)
    let bytes = [UInt8](unsafeUninitializedCapacity: maxCount) { buffer, count in
      var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      run = Result { () throws(WebSocketError) in try receiveBinary(into: &output, timeout: timeout) }
      if case .success(.bytes(let received)) = run { count = received }
    }
    switch try run.get() {
    case .bytes: return .bytes(bytes)
    case .text: return .text
    case .close: return .close
    }
  }
}
