import PerMessageDeflate
import TestSupport
import Testing

/// What one call made, at most `room` bytes of it.
struct Piece<Result> {
  var bytes: [UInt8]
  var result: Result
}

func withRoom<Result>(
  _ room: Int, _ body: (inout OutputRawSpan) throws -> Result
) rethrows -> Piece<Result> {
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: room + 16, alignment: 8)
  defer { memory.deallocate() }
  memory.initializeMemory(as: UInt8.self, repeating: 0xA5)
  let free = UnsafeMutableRawBufferPointer(rebasing: memory[..<room])
  var output = OutputRawSpan(buffer: free, initializedCount: 0)
  let result = try body(&output)
  let count = output.finalize(for: free)
  precondition(memory[room...].allSatisfy { $0 == 0xA5 }, "something was written behind the output")
  return Piece(bytes: Array(memory[..<count]), result: result)
}

extension Deflater {
  static func plain(_ windowBits: Int = 15, noContextTakeover: Bool = false, level: Int = 6, memoryLevel: Int = 8)
    -> Deflater
  {
    Deflater(windowBits: windowBits, noContextTakeover: noContextTakeover, level: level, memoryLevel: memoryLevel)
  }

  /// All that comes of the input, in outputs of `room` bytes.
  mutating func deflate(_ bytes: [UInt8], ending: DeflateEnding = .message, room: Int = 65536) throws -> [UInt8] {
    var consumed = 0
    var all: [UInt8] = []
    while true {
      let piece = try withRoom(room) { output in
        try deflate(bytes.span.bytes, consumed: &consumed, ending: ending, into: &output)
      }
      all += piece.bytes
      if piece.result == .done { break }
      precondition(all.count <= 2 * bytes.count + 65536, "the deflater does not come to an end")
    }
    precondition(consumed == bytes.count)
    return all
  }
}

extension Inflater {
  static func plain(_ windowBits: Int = 15, noContextTakeover: Bool = false) -> Inflater {
    Inflater(windowBits: windowBits, noContextTakeover: noContextTakeover)
  }

  /// All that comes of the input, in outputs of `room` bytes.
  mutating func inflate(_ bytes: [UInt8], endsMessage: Bool = true, room: Int = 65536) throws -> [UInt8] {
    var consumed = 0
    var all: [UInt8] = []
    while true {
      let piece = try withRoom(room) { output in
        try inflate(bytes.span.bytes, consumed: &consumed, endsMessage: endsMessage, into: &output)
      }
      all += piece.bytes
      if piece.result == .done { break }
    }
    precondition(consumed == bytes.count)
    return all
  }

  /// The message from pieces of its payload.
  mutating func inflate(pieces: [[UInt8]], room: Int = 65536) throws -> [UInt8] {
    var all: [UInt8] = []
    for (i, piece) in pieces.enumerated() {
      all += try inflate(piece, endsMessage: i == pieces.count - 1, room: room)
    }
    return all
  }
}

extension String {
  var bytes: [UInt8] { Array(utf8) }
}

extension [UInt8] {
  /// From hexadecimal digits; blanks between them do not count.
  init(hex: String) {
    let digits = hex.utf8.filter { $0 != 0x20 }.map { $0 <= 0x39 ? $0 - 0x30 : ($0 | 0x20) - 0x57 }
    self = stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  var hex: String {
    map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

/// Inputs of every kind: what compresses well, badly, not at all, and what refers far back.
enum Sample: String, CaseIterable, Sendable {
  case empty, oneByte, text, zeros, random, records, farRepeat

  var bytes: [UInt8] { bytes(scale: 1) }

  func bytes(scale: Int) -> [UInt8] {
    switch self {
    case .empty: []
    case .oneByte: [0x42]
    case .text: "Hello, hello, hello world".bytes
    case .zeros: [UInt8](repeating: 0, count: 100_000 * scale)
    case .random: pattern(size: 20_000 * scale, seed: 7)
    case .records:
      (0..<(500 * scale)).flatMap { "{\"id\":\($0),\"name\":\"sensor-\($0 % 17)\",\"value\":\($0 * 7919 % 1000)}\n".bytes }
    case .farRepeat:
      [1, 2, 5, 9].flatMap { far in
        let run = pattern(size: far * 257, seed: UInt64(far))
        return run + run + run
      }
    }
  }
}

/// Compares without printing thousands of bytes.
func expectEqual(
  _ one: [UInt8], _ other: [UInt8], _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  let isEqual = equal(one, other)
  #expect(isEqual, "\(what): \(one.count) and \(other.count) bytes", sourceLocation: sourceLocation)
}
