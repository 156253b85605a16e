import Testing
import WebSocketProtocol
import WestwindTestSupport

struct UTF8ValidatorTests {
  /// The standard library's word on whole text.
  static func isValid(_ bytes: [UInt8]) -> Bool {
    String(validating: bytes, as: UTF8.self) != nil
  }

  /// Whether some continuation makes valid text of this: the standard library asked for each way to go on.
  static func isBeginningOfValidText(_ bytes: [UInt8]) -> Bool {
    if isValid(bytes) { return true }
    for next in [0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF] as [UInt8] {
      for rest in [[], [0x80], [0x80, 0x80]] as [[UInt8]] where isValid(bytes + [next] + rest) { return true }
    }
    return false
  }

  struct Outcome: Equatable {
    /// How many pieces were taken, the one with the bad byte not counted.
    var piecesTaken: Int
    var isComplete: Bool
  }

  static func validate(_ pieces: [[UInt8]]) -> Outcome {
    var validator = UTF8Validator()
    for (i, piece) in pieces.enumerated() where !validator.validate(piece.span) {
      return Outcome(piecesTaken: i, isComplete: false)
    }
    return Outcome(piecesTaken: pieces.count, isComplete: validator.isComplete)
  }

  /// Checks the text whole, byte by byte, and cut in two at every position, against the standard library.
  static func check(_ bytes: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
    let viable = bytes.indices.prefix { isBeginningOfValidText(Array(bytes[...$0])) }.count
    let complete = isValid(bytes)

    let byByte = validate(bytes.cutAtEveryByte)
    var isRight = byByte == Outcome(piecesTaken: viable, isComplete: complete)
    for position in 0...bytes.count {
      let outcome = validate(bytes.cut(at: [position]))
      let taken = viable == bytes.count ? 2 : viable >= position ? 1 : 0
      isRight = isRight && outcome == Outcome(piecesTaken: taken, isComplete: complete)
    }
    if !isRight {
      Issue.record("\(bytes.map { String($0, radix: 16) })", sourceLocation: sourceLocation)
    }
  }

  @Test func `no text is text`() {
    #expect(Self.validate([]) == Outcome(piecesTaken: 0, isComplete: true))
    #expect(Self.validate([[], []]) == Outcome(piecesTaken: 2, isComplete: true))
  }

  @Test func `every single byte is judged as the standard library does`() {
    for first in UInt8.min...UInt8.max { Self.check([first]) }
  }

  @Test func `every pair of bytes is judged as the standard library does`() {
    for first in UInt8.min...UInt8.max {
      if Self.isBeginningOfValidText([first]) {
        for second in UInt8.min...UInt8.max { Self.check([first, second]) }
      } else {
        let taken = (UInt8.min...UInt8.max).filter { Self.validate([[first, $0]]).piecesTaken != 0 }
        #expect(taken.isEmpty, "after \(first)")
      }
    }
  }

  /// The ends of every range in the table of RFC 3629 4.
  static let edges: [UInt8] = [
    0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0,
    0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
  ]

  @Test func `three bytes at the edges of the table are judged as the standard library does`() {
    for first in Self.edges {
      for second in Self.edges {
        for third in Self.edges { Self.check([first, second, third]) }
      }
    }
  }

  @Test(arguments: [0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5] as [UInt8])
  func `four bytes at the edges of the table are judged as the standard library does`(first: UInt8) {
    let edges: [UInt8] = [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2, 0xF0]
    for second in edges {
      for third in edges {
        for fourth in edges { Self.check([first, second, third, fourth]) }
      }
    }
  }

  @Test(arguments: [
    "plain", "κόσμε", "Ελλάς", "日本語", "😀🏳️‍🌈", "\u{0}\u{7F}\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}",
    "\u{D7FF}\u{E000}\u{FFFD}\u{FEFF}",
  ])
  func `valid text is taken in any three pieces`(text: Raw) {
    let bytes = text.bytes
    for first in 0...bytes.count {
      for second in first...bytes.count {
        #expect(Self.validate(bytes.cut(at: [first, second])) == Outcome(piecesTaken: 3, isComplete: true))
      }
    }
  }

  @Test func `text that ends inside a character is so far good, and not complete`() {
    let bytes = "😀".bytes
    for end in 1...3 {
      #expect(Self.validate([Array(bytes[..<end])]) == Outcome(piecesTaken: 1, isComplete: false))
    }
  }

  @Test func `the first bad byte is found in a long run, wherever it is`() {
    var text = [UInt8](repeating: 0x61, count: 100)
    for position in text.indices {
      text[position] = 0xFF
      #expect(Self.validate([text]).piecesTaken == 0)
      #expect(Self.validate(text.cutAtEveryByte).piecesTaken == position)
      text[position] = 0x61
    }
  }

  @Test func `random text of any scalars is taken in random pieces`() {
    var random = SeededGenerator(seed: 3629)
    for _ in 0..<300 {
      var text = ""
      for _ in 0..<Int.random(in: 0...60, using: &random) {
        let value = UInt32.random(in: 0...0x10FFFF, using: &random) >> UInt32.random(in: 0...20, using: &random)
        if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
      }
      let bytes = text.bytes
      let cuts = (0..<4).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
      #expect(Self.validate(bytes.cut(at: cuts)) == Outcome(piecesTaken: 5, isComplete: true))
    }
  }

  @Test func `random bytes are judged as the standard library does`() {
    var random = SeededGenerator(seed: 8)
    for _ in 0..<3000 {
      let count = Int.random(in: 1...9, using: &random)
      Self.check((0..<count).map { _ in Self.edges.randomElement(using: &random)! })
    }
  }
}
