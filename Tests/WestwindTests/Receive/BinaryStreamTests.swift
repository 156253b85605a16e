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

  @Test func `a payload that has come in part is delivered as far as it has`() throws {
    try withSession { session in
      try session.peer.deliver(Frame(.binary, []).header(claiming: 4) + [1, 2])
      #expect(try session.ws.binary() == .bytes([1, 2]))
      #expect(failure { try session.ws.binary(timeout: .immediate) } == .wouldBlock)
      try session.peer.deliver([3, 4])
      #expect(try session.ws.binary() == .bytes([3, 4]))
    }
  }

  @Test(arguments: Role.all)
  func `text behind binary frames of one segment stays, behind what came before it`(role: Role) throws {
    try withSession(role) { session in
      try session.deliver(
        Frame(.binary, [1]), Frame(.binary, [2, 3]), Frame(.text, "te".bytes, isFinal: false),
        Frame(.continuation, "xt".bytes), Frame(.binary, [4]))
      #expect(try session.ws.binary() == .bytes([1, 2, 3]))
      for _ in 0..<2 { #expect(try session.ws.binary() == .text) }
      #expect(try session.ws.receiveMessage(timeout: patience).text == "text")
      #expect(try session.ws.binary() == .bytes([4]))
    }
  }

  @Test(arguments: Role.all)
  func `CLOSE behind binary frames of one segment comes behind what came before it`(role: Role) throws {
    try withSession(role) { session in
      try session.deliver(Frame(.binary, [1]), Frame(.binary, [2]), Frame(closing: 1001, "gone"), Frame(.binary, [3]))
      #expect(try session.ws.binary() == .bytes([1, 2]))
      #expect(try session.ws.binary() == .close)
      #expect(try session.ws.closeStatus() == CloseStatus(code: .goingAway, reason: "gone"))
      #expect(failure { try session.ws.binary() }?.errno == .socketNotConnected)
      #expect(try session.peer.readFrame().unmasked == Frame(closing: 1001))
    }
  }

  @Test(arguments: Role.all)
  func `a bad header behind binary frames of one segment is told behind what came before it`(role: Role) throws {
    let bad: [(Frame, ProtocolViolation)] = [
      (Frame(Opcode(rawValue: 3), [9]), .reservedOpcode(3)),
      (Frame(.binary, [9], reservedBits: 4), .reservedBits(4)),
      (Frame(.continuation, [9]), .continuationWithoutMessage),
      (Frame(.ping, [9], isFinal: false), .fragmentedControlFrame),
    ]
    for (frame, violation) in bad {
      try withSession(role) { session in
        try session.deliver(Frame(.binary, [1]), Frame(.binary, [2]), frame, Frame(.binary, [3]))
        #expect(try session.ws.binary() == .bytes([1, 2]))
        #expect(try pollsReadable(session.ws.rawValue, .immediate))
        #expect(failure { try session.ws.binary() } == .protocolViolation(violation))
        #expect(failure { try session.ws.binary() }?.errno == .socketNotConnected)
        #expect(try session.peer.readFrame().closeCode == 1002)
      }
    }
  }

  @Test(arguments: Role.all)
  func `the end of the stream is told behind what came before it`(role: Role) throws {
    try withSession(role) { session in
      try session.write(Frame(.binary, [1]), Frame(.binary, [2]))
      session.peer.close()
      #expect(try session.ws.binary() == .bytes([1, 2]))
      #expect(failure { try session.ws.binary() }?.errno == .socketNotConnected)
    }
  }

  @Test func `PINGs between are answered, and passed over`() throws {
    try withSession { session in
      try session.deliver(Frame(.ping, [1]), Frame(.binary, [2]), Frame(.ping, [3]), Frame(.binary, [4]))
      #expect(try session.ws.binary() == .bytes([2, 4]))
      try session.deliver(Frame(.ping, [5]))
      #expect(failure { try session.ws.binary(timeout: .milliseconds(20)) } == .wouldBlock)
      #expect(
        try session.peer.readFrames(3).map { $0.unmasked } == [Frame(.pong, [1]), Frame(.pong, [3]), Frame(.pong, [5])])
    }
  }

  @Test func `in manual mode PING, PONG and CLOSE are passed over too, and answered, since the caller cannot`() throws {
    try withSession(options: ManualTests.manual) { session in
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

  @Test func `a PING alone delivers nothing in manual mode`() throws {
    try withSession(options: ManualTests.manual) { session in
      try session.deliver(Frame(.ping, [1]))
      #expect(failure { try session.ws.binary(timeout: .milliseconds(20)) } == .wouldBlock)
      #expect(try !pollsReadable(session.ws.rawValue, .immediate))
    }
  }

  @Test func `an empty text message is told, too`() throws {
    try withSession(over: .memory) { session in
      try session.write(Frame(.text), Frame(.binary, [1, 2, 3]))
      #expect(try session.ws.binary() == .text)
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
