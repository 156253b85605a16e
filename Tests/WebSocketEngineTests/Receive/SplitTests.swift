import PerMessageDeflate
import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindTestSupport

/// Bytes arrive in any pieces, and what comes of them is the same.
struct SplitTests {
  /// Frames of a peer, and what comes of them, in both roles.
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var frames: [Frame]
    /// Bytes behind the frames, of no whole frame.
    var behind: [UInt8] = []
    /// The rule that the last frame breaks.
    var failure: EngineFailure?
    var options = Row.plain

    /// A function, since options hold a pointer.
    typealias Options = @Sendable (inout SessionOptions) -> Void
    static let plain: Options = { _ in }

    init(
      _ name: String, _ frames: [Frame], behind: [UInt8] = [], failing failure: EngineFailure? = nil,
      options: @escaping Options = Row.plain
    ) {
      testDescription = name
      self.frames = frames
      self.behind = behind
      self.failure = failure
      self.options = options
    }

    func options(input: Int) -> SessionOptions {
      WebSocketEngineTests.options {
        $0.input = input
        options(&$0)
      }
    }

    func bytes(_ role: Role) -> [UInt8] {
      frames.bytes(by: role.other) + behind
    }

    /// What comes of the frames, found by other means than the engine's.
    func expected(_ role: Role) -> (events: [Event], sent: [Frame]) {
      var events: [Event] = []
      var sent: [Frame] = []
      var kind = Opcode.binary
      let answers = options(input: 64).answersControlFrames
      for (number, frame) in frames.enumerated() {
        if number == frames.count - 1, let failure {
          let closes = failure.closeCode.map { [Frame(closing: $0.rawValue)] } ?? []
          return (events + [.phase(.failed), .failed(failure), .ended], sent + closes)
        }
        switch frame.opcode {
        case .text, .binary, .continuation:
          let isContinuation = frame.opcode == .continuation
          if !isContinuation { kind = frame.opcode }
          var type = kind.type
          if frame.isFinal { type.insert(.final) }
          if isContinuation { type.insert(.continuation) }
          events.append(.frame(type, frame.payload))
        case .close:
          events += [.phase(.closeReceived), .control(.close, frame.payload), .closeCode(frame.closeCode)]
          if answers {
            events.append(.phase(.closed))
            sent.append(frame.closeCode.map { Frame(closing: $0) } ?? Frame(.close))
          }
          return (events + [.ended], sent)
        case .ping where answers: sent.append(Frame(.pong, frame.payload))
        default:
          if !answers { events.append(.control(frame.opcode, frame.payload)) }
        }
      }
      return (events, sent)
    }
  }

  // MARK: Rows

  static let messages: [Row] =
    [0, 1, 124, 125, 126, 127, 65535, 65536].flatMap { size in
      [
        Row("binary of \(size)", [Frame(.binary, pattern(size: size, seed: 1)), Frame(.binary, [9])]),
        Row("text of \(size)", [Frame(.text, textPattern(size: size, seed: 2).bytes), Frame(.text, "é".bytes)]),
      ]
    } + [
      Row(
        "every character of a text cut",
        "aé水🌬z".bytes.enumerated().map { i, byte in
          Frame(i == 0 ? .text : .continuation, [byte], isFinal: i == 10)
        }),
      Row(
        "fragments, with empty ones",
        [
          Frame(.text, [], isFinal: false), Frame(.continuation, [0xC3], isFinal: false),
          Frame(.continuation, [], isFinal: false), Frame(.continuation, [0xA9], isFinal: false),
          Frame(.continuation), Frame(.binary, [], isFinal: false), Frame(.continuation, pattern(size: 130, seed: 3)),
        ]),
      Row(
        "control frames between fragments",
        [
          Frame(.binary, [1, 2], isFinal: false), Frame(.ping, pattern(size: 125, seed: 4)),
          Frame(.continuation, [3], isFinal: false), Frame(.pong, [5]), Frame(.ping), Frame(.continuation, [4]),
          Frame(.text, "x".bytes),
        ]),
      Row("a flood of PINGs", (0..<40).map { Frame(.ping, [UInt8($0), 1, 2]) } + [Frame(.binary, [1])]),
      Row(
        "every control frame is the owner's",
        [
          Frame(.ping, [1]), Frame(.ping), Frame(.text, "a".bytes, isFinal: false), Frame(.pong, [2, 3]),
          Frame(.continuation, "b".bytes), Frame(.close, [3]),
        ], options: { $0.answersControlFrames = false }),
    ]

  static let closes: [Row] =
    ([
      [], [0x03, 0xE8], Frame(closing: 1001, "grüße").payload,
      Frame(closing: 4999, String(repeating: "x", count: 123)).payload,
      Frame(closing: 3000, String(repeating: "é", count: 61)).payload,
    ] as [[UInt8]]).flatMap { body in
      [
        Row("CLOSE of \(body.count)", [Frame(.close, body), Frame(.text, "behind".bytes)]),
        Row(
          "CLOSE of \(body.count) behind data", [Frame(.text, "é".bytes), Frame(.close, body)], behind: [0xFF, 0xFF]),
        Row(
          "CLOSE of \(body.count) in a message",
          [Frame(.text, [0xC3], isFinal: false), Frame(.ping, [1]), Frame(.close, body), Frame(.continuation, [0xFF])]),
      ]
    }

  static func violation(_ violation: ProtocolViolation, _ frames: Frame...) -> Row {
    Row("\(violation)", [Frame(.text, "before".bytes)] + frames, failing: .violation(violation))
  }

  static let violations: [Row] =
    [
      violation(.reservedBits(4), Frame(.binary, [1], reservedBits: 4)),
      violation(.reservedBits(2), Frame(.text, [], reservedBits: 2)),
      violation(.reservedBits(1), Frame(.ping, [], reservedBits: 1)),
      violation(.fragmentedControlFrame, Frame(.ping, [1], isFinal: false)),
      violation(.fragmentedControlFrame, Frame(.close, [], isFinal: false)),
      violation(.oversizeControlFrame(126), Frame(.ping, [UInt8](repeating: 0, count: 126))),
      violation(.oversizeControlFrame(126), Frame(.close, [UInt8](repeating: 0x61, count: 126))),
      violation(.oversizeControlFrame(65536), Frame(.pong, [UInt8](repeating: 0, count: 65536))),
      violation(.continuationWithoutMessage, Frame(.continuation, [1])),
      violation(.continuationWithoutMessage, Frame(.continuation, [1], isFinal: false)),
      violation(.messageInsideMessage, Frame(.text, "é".bytes, isFinal: false), Frame(.text, "a".bytes)),
      violation(
        .messageInsideMessage, Frame(.binary, [], isFinal: false), Frame(.ping), Frame(.binary, isFinal: false)),
      violation(.textNotUTF8, Frame(.text, [0x61, 0xFF, 0x61])),
      violation(.textNotUTF8, Frame(.text, [0xE2, 0x82])),
      violation(.textNotUTF8, Frame(.text, [0xE2], isFinal: false), Frame(.continuation, [0x28, 0x28])),
      violation(.textNotUTF8, Frame(.text, [0xE2], isFinal: false), Frame(.ping), Frame(.continuation)),
      violation(.closeReasonNotUTF8, Frame(.close, [3, 0xE8, 0x61, 0xFF])),
      violation(.closeReasonNotUTF8, Frame(.close, [3, 0xE8, 0xC3])),
      violation(.closeBodyOfOneByte, Frame(.close, [3])),
    ]
    + ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).map {
      violation(.reservedOpcode($0), Frame(Opcode(rawValue: $0), [1]))
    }
    + ([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535] as [UInt16]).map {
      violation(.closeCodeNotAllowed($0), Frame(closing: $0, "why"))
    }

  // MARK: Splitting

  /// The pieces that bytes are cut into: whole, two pieces at each position, and every byte alone. Inside a long payload not
  /// each position is taken: those near its ends and near the size of a header, and some between.
  static func cuts(_ bytes: [UInt8]) -> [[[UInt8]]] {
    let positions = (1..<max(1, bytes.count)).filter { position in
      bytes.count < 2000 || position < 40 || bytes.count - position < 40 || position % 6007 == 0
        || abs(position - 65540) < 20
    }
    return positions.map { bytes.cut(at: [$0]) } + [bytes.cutAtEveryByte]
  }

  private func check(_ row: Row, _ role: Role, _ bytes: [UInt8], _ events: [Event], sent: [Frame]) throws {
    let isLong = bytes.count > 2000
    for input in [64, 70_000] {
      for way in Tracer.Way.allCases where !isLong || way == .lent || input == 70_000 {
        let tracer = Tracer(role: role, options: row.options(input: input), way: way)
        let whole = tracer.trace([bytes])
        #expect(whole.events == events, "input \(input), \(way)")
        let frames = try Frame.all(in: whole.sent)
        #expect(frames.map { $0.unmasked } == sent)
        #expect(frames.allSatisfy { $0.isMasked == (role == .client) })
        // All six only for a few bytes: the others differ in what they are cut for.
        let isChosen = input == 64 ? way == .copiedInPieces && !isLong : way == .lent
        guard isChosen || bytes.count <= 60 else { continue }
        for pieces in Self.cuts(bytes) where tracer.trace(pieces) != whole {
          Issue.record("input \(input), \(way): cut at \(pieces[0].count) of \(bytes.count) in \(pieces.count) pieces")
          return
        }
      }
    }
  }

  @Test(arguments: messages + closes + violations, Role.all)
  func `whatever arrives may be split at each byte`(row: Row, role: Role) throws {
    let (events, sent) = row.expected(role)
    try check(row, role, row.bytes(role), events, sent: sent)
  }

  @Test(
    arguments: [
      ([0x82, 126, 0, 125], .lengthNotMinimal), ([0x81, 126, 0, 0], .lengthNotMinimal),
      ([0x82, 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], .lengthNotMinimal),
      ([0x82, 127, 0, 0, 0, 0, 0, 0, 0, 0], .lengthNotMinimal),
      ([0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0], .lengthTopBitSet),
      ([0x82, 127, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], .lengthTopBitSet),
    ] as [([UInt8], ProtocolViolation)], Role.all)
  func `a length that is none may be split at each byte`(
    bad: (header: [UInt8], violation: ProtocolViolation), role: Role
  )
    throws
  {
    var header = bad.header
    if role == .server {
      header[1] |= 0x80
      header += Frame.sampleKey
    }
    let row = Row("", [Frame(.text, "before".bytes), Frame(.text)], failing: .violation(bad.violation))
    let (events, sent) = row.expected(role)
    let bytes = row.frames.prefix(1).flatMap { $0.sent(by: role.other).bytes } + header
    try check(row, role, bytes, events, sent: sent)
  }

  @Test(arguments: [.text, .binary, .continuation, .ping, .close] as [Opcode], Role.all)
  func `a mask on the wrong side may be split at each byte`(opcode: Opcode, role: Role) throws {
    let violation = role == .client ? ProtocolViolation.maskedByServer : .unmaskedByClient
    let row = Row("", [Frame(.text, "before".bytes), Frame(.text)], failing: .violation(violation))
    let (events, sent) = row.expected(role)
    let bad = Frame(opcode, [], key: role == .client ? Frame.sampleKey : nil)
    let bytes = row.frames.prefix(1).flatMap { $0.sent(by: role.other).bytes } + bad.bytes
    try check(row, role, bytes, events, sent: sent)
  }

  // MARK: Compression

  /// Compressed frames of a peer, and what comes of them.
  private func compressed(
    _ role: Role, keepsContext: Bool, limit: Int = 100_000,
    _ make: (PeerCodec) throws -> (frames: [Frame], events: [Event], sent: [Frame])
  ) throws {
    let parameters = PerMessageDeflateParameters(
      serverNoContextTakeover: !keepsContext, clientNoContextTakeover: !keepsContext)
    let (frames, events, sent) = try make(PeerCodec(role, parameters))
    let row = Row("compressed", frames) {
      $0.compression = parameters
      $0.maxMessageSize = limit
      $0.inflatedFrame = 64
    }
    try check(row, role, row.bytes(role), events, sent: sent)
  }

  @Test(arguments: Role.all, [true, false])
  func `compressed messages may be split at each byte, with the context and without`(role: Role, keepsContext: Bool)
    throws
  {
    let text = "→🌬 grüße 水".bytes
    try compressed(role, keepsContext: keepsContext) { codec in
      (
        [
          try codec.frame(.binary, compressible(size: 300)), try codec.frame(.binary, compressible(size: 300)),
          try codec.frame(.text, []), try codec.frame(.text, Array(text[..<2]), isFinal: false), Frame(.ping, [1]),
          try codec.frame(.continuation, [], isFinal: false), try codec.frame(.continuation, Array(text[2...])),
          Frame(.binary, [7, 8]), try codec.frame(.binary, [UInt8](repeating: 0, count: 1000)), Frame(closing: 1000),
        ],
        [
          .frame([.binary, .final], compressible(size: 300)), .frame([.binary, .final], compressible(size: 300)),
          .frame([.text, .final], []), .frame([.text], Array(text[..<2])), .frame([.text, .continuation], []),
          .frame([.text, .continuation, .final], Array(text[2...])), .frame([.binary, .final], [7, 8]),
          .frame([.binary, .final], [UInt8](repeating: 0, count: 1000)), .phase(.closeReceived),
          .control(.close, [3, 0xE8]), .closeCode(1000), .phase(.closed), .ended,
        ], [Frame(.pong, [1]), Frame(closing: 1000)]
      )
    }
  }

  @Test(arguments: Role.all)
  func `a bomb over the limit is stopped at the same point, wherever it is split`(role: Role) throws {
    try compressed(role, keepsContext: true, limit: 5000) { codec in
      (
        [
          try codec.frame(.binary, [UInt8](repeating: 0, count: 5000)),
          try codec.frame(.binary, [UInt8](repeating: 0, count: 4000), isFinal: false), Frame(.ping, [1]),
          try codec.frame(.continuation, [UInt8](repeating: 0, count: 200_000)),
        ],
        [
          .frame([.binary, .final], [UInt8](repeating: 0, count: 5000)),
          .frame([.binary], [UInt8](repeating: 0, count: 4000)), .phase(.failed), .failed(.messageTooBig(limit: 5000)),
          .ended,
        ], [Frame(.pong, [1]), Frame(closing: 1009)]
      )
    }
  }

  @Test(
    arguments: [
      ([0xFF, 0xFF], .notInflatable), ([0x00, 0x05, 0x00, 0x00, 0x00], .notInflatable), ([0x62], .notInflatable),
      ([], .notInflatable),
    ] as [([UInt8], ProtocolViolation)], Role.all)
  func `payload that does not inflate may be split at each byte`(
    bad: (payload: [UInt8], violation: ProtocolViolation), role: Role
  ) throws {
    try compressed(role, keepsContext: true) { codec in
      (
        [try codec.frame(.text, "before".bytes), Frame(.binary, bad.payload, reservedBits: FrameHeader.rsv1)],
        [.frame([.text, .final], "before".bytes), .phase(.failed), .failed(.violation(bad.violation)), .ended],
        [Frame(closing: 1007)]
      )
    }
  }

  @Test(arguments: Role.all)
  func `compressed text that is not UTF-8 may be split at each byte`(role: Role) throws {
    try compressed(role, keepsContext: true) { codec in
      (
        [
          try codec.frame(.text, "é".bytes + [0xE2], isFinal: false), Frame(.ping),
          try codec.frame(.continuation, [0x82, 0x41]),
        ],
        [
          .frame([.text], "é".bytes + [0xE2]), .phase(.failed), .failed(.violation(.textNotUTF8)), .ended,
        ], [Frame(.pong), Frame(closing: 1007)]
      )
    }
  }

  // MARK: The end

  @Test(arguments: Role.all, [Tracer.End.ended, .lost])
  func `the stream may end behind each byte, and what came before is delivered`(role: Role, end: Tracer.End) throws {
    let frames = [
      Frame(.text, "é".bytes), Frame(.ping, [1, 2]), Frame(.binary, pattern(size: 130, seed: 1), isFinal: false),
      Frame(.continuation), Frame(closing: 1001, "x"), Frame(.text, "y".bytes),
    ]
    let bytes = frames.bytes(by: role.other)
    // Where each frame begins and its payload, as the test writes it.
    var ends: [Int] = []
    for frame in frames { ends.append((ends.last ?? 0) + frame.sent(by: role.other).bytes.count) }
    let all = Row("", Array(frames.prefix(5))).expected(role).events
    for count in 0...bytes.count {
      let traces = Tracer.Way.allCases.map { way in
        Tracer(role: role, way: way, end: end).trace([Array(bytes[..<count])])
      }
      #expect(Set(traces).count == 1)
      let events = traces[0].events
      let last = end == .ended ? [Event.phase(.failed), .ended] : [.phase(.failed), .failed(.streamLost(104)), .ended]
      if count >= ends[4] {
        #expect(events == all)
      } else {
        // Text, fragment and continuation, as far as they are whole; behind them the end, and the piece that has come.
        let whole = (count >= ends[0] ? 1 : 0) + (count >= ends[2] ? 1 : 0) + (count >= ends[3] ? 1 : 0)
        let header = ends[2] - ends[1] - 130
        let piece = count < ends[2] ? max(0, count - ends[1] - header) : 0
        let textPiece = count < ends[0] ? max(0, count - (ends[0] - 2)) : 0
        var expected = Array(all.prefix(whole)) + last
        if end == .ended, piece > 0 {
          expected.append(
            .piece([.binary], Array(pattern(size: 130, seed: 1).prefix(piece)), remaining: UInt64(130 - piece)))
        }
        if end == .ended, textPiece > 0 { expected.append(.piece([.text, .final], [0xC3], remaining: 1)) }
        #expect(events == expected, "behind \(count) bytes")
      }
    }
  }
}
