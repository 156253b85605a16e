import PerMessageDeflate
import Testing
import WestwindTestSupport

/// What one call made, and what it returned.
struct Piece<Result> {
  var bytes: [UInt8]
  var result: Result
}

/// An output of `room` bytes.
func withRoom<Result>(_ room: Int, _ body: (inout OutputRawSpan) throws -> Result) rethrows -> Piece<Result> {
  let output = Room(room)
  var bytes: [UInt8] = []
  let result = try output.fill(&bytes, body)
  return Piece(bytes: bytes, result: result)
}

/// Memory for outputs of one size, with some behind it that has to stay as it is.
final class Room {
  private let memory: UnsafeMutableRawBufferPointer
  private let size: Int

  init(_ size: Int) {
    self.size = size
    memory = .allocate(byteCount: size + 8, alignment: 8)
    memory.storeBytes(of: 0xA5A5_A5A5_A5A5_A5A5, toByteOffset: size, as: UInt64.self)
  }

  deinit {
    precondition(memory.loadUnaligned(fromByteOffset: size, as: UInt64.self) == 0xA5A5_A5A5_A5A5_A5A5)
    memory.deallocate()
  }

  /// Appends what the body writes into the memory to `bytes`.
  func fill<Result>(_ bytes: inout [UInt8], _ body: (inout OutputRawSpan) throws -> Result) rethrows -> Result {
    let free = UnsafeMutableRawBufferPointer(rebasing: memory[..<size])
    var output = OutputRawSpan(buffer: free, initializedCount: 0)
    let result = try body(&output)
    bytes.append(contentsOf: free[..<output.finalize(for: free)])
    return result
  }
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
    let room = Room(room)
    while true {
      let progress = try room.fill(&all) { output in
        try deflate(bytes.span.bytes, consumed: &consumed, ending: ending, into: &output)
      }
      if progress == .done { break }
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
    let room = Room(room)
    while true {
      let progress = try room.fill(&all) { output in
        try inflate(bytes.span.bytes, consumed: &consumed, endsMessage: endsMessage, into: &output)
      }
      if progress == .done { break }
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

  var bytes: [UInt8] {
    switch self {
    case .empty: []
    case .oneByte: [0x42]
    case .text: "Hello, hello, hello world".bytes
    case .zeros: [UInt8](repeating: 0, count: 100_000)
    case .random: pattern(size: 20_000, seed: 7)
    case .records:
      (0..<500).flatMap {
        "{\"id\":\($0),\"name\":\"sensor-\($0 % 17)\",\"value\":\($0 * 7919 % 1000)}\n".bytes
      }
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
