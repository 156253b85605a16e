import Testing
import WebSocketProtocol
import WestwindTestSupport

struct MaskingKeyTests {
  /// Bytes in words, as `apply` takes them, with room for `count` bytes.
  struct Words {
    var words: [UInt64]

    init(_ bytes: [UInt8]) {
      words = [UInt64](repeating: 0, count: (bytes.count + 7) / 8)
      for (i, byte) in bytes.enumerated() {
        words[i / 8] |= UInt64(littleEndian: UInt64(byte) << UInt64(8 * (i % 8)))
      }
    }

    var bytes: [UInt8] {
      words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word.littleEndian >> UInt64(8 * $0)) } }
    }

    mutating func apply(_ key: MaskingKey, bytes: Range<Int>, payloadOffset: Int) {
      var span = words.mutableSpan
      key.apply(to: &span, bytes: bytes, payloadOffset: payloadOffset)
    }
  }

  /// The bytes of a payload from one position to another, masked as that part of it.
  static func masked(_ payload: [UInt8], from start: Int, to end: Int? = nil) -> [UInt8] {
    let count = (end ?? payload.count) - start
    var words = Words(Array(payload[start..<(start + count)]))
    words.apply(.sample, bytes: 0..<count, payloadOffset: start)
    return Array(words.bytes[..<count])
  }

  @Test func `the key's bytes are in the order of the wire`() {
    #expect((0..<4).map { MaskingKey.sample[$0] } == [0x37, 0xFA, 0x21, 0x3D])
  }

  @Test(arguments: 0...16)
  func `masking agrees with the byte-by-byte form, wherever the run and the payload begin`(offset: Int) {
    var random = SeededGenerator(seed: UInt64(offset))
    let key = MaskingKey(littleEndian: .random(in: 0 ... .max, using: &random))
    let memory = random.bytes(104)
    for length in 0...80 {
      for payloadOffset in 0...7 {
        var expected = memory
        expected.replaceSubrange(
          offset..<(offset + length),
          with: key.naivelyApplied(to: Array(memory[offset..<(offset + length)]), payloadOffset: payloadOffset))
        var words = Words(memory)
        words.apply(key, bytes: offset..<(offset + length), payloadOffset: payloadOffset)
        #expect(words.bytes == expected, "length \(length), payload offset \(payloadOffset)")
      }
    }
  }

  @Test func `the memory may end with the run`() {
    var random = SeededGenerator(seed: 1)
    for length in 1...64 {
      let memory = random.bytes((length + 7) / 8 * 8)
      var words = Words(memory)
      words.apply(.sample, bytes: 0..<length, payloadOffset: 0)
      let masked = MaskingKey.sample.naivelyApplied(to: Array(memory[..<length]))
      #expect(words.bytes == masked + memory[length...])
    }
  }

  @Test func `masking twice gives back what was there`() {
    var random = SeededGenerator(seed: 2)
    for _ in 0..<500 {
      let memory = random.bytes(256)
      let start = Int.random(in: 0...256, using: &random)
      let run = start..<Int.random(in: start...256, using: &random)
      let payloadOffset = Int.random(in: 0 ... .max, using: &random)
      var words = Words(memory)
      words.apply(.sample, bytes: run, payloadOffset: payloadOffset)
      words.apply(.sample, bytes: run, payloadOffset: payloadOffset)
      #expect(words.bytes == memory)
    }
  }

  @Test func `a payload masked in pieces is the same as in one run`() {
    var random = SeededGenerator(seed: 3)
    let memory = random.bytes(96)
    let run = 5..<93
    var whole = Words(memory)
    whole.apply(.sample, bytes: run, payloadOffset: 0)
    for middle in run {
      var pieces = Words(memory)
      pieces.apply(.sample, bytes: run.lowerBound..<middle, payloadOffset: 0)
      pieces.apply(.sample, bytes: middle..<run.upperBound, payloadOffset: middle - run.lowerBound)
      #expect(pieces.bytes == whole.bytes)
    }
  }

  @Test func `far into a payload only the offset modulo four counts`() {
    let memory = SeededGenerator.sampleBytes(64)
    for payloadOffset in (Int.max - 8)...Int.max {
      var words = Words(memory)
      words.apply(.sample, bytes: 3..<61, payloadOffset: payloadOffset)
      var expected = Words(memory)
      expected.apply(.sample, bytes: 3..<61, payloadOffset: payloadOffset % 4)
      #expect(words.bytes == expected.bytes)
    }
  }

  @Test func `a key of zeros changes nothing`() {
    let memory = SeededGenerator.sampleBytes(64)
    var words = Words(memory)
    words.apply(MaskingKey(littleEndian: 0), bytes: 1..<63, payloadOffset: 3)
    #expect(words.bytes == memory)
  }

  @Test func `an empty run needs no memory`() {
    var words = Words([])
    words.apply(.sample, bytes: 0..<0, payloadOffset: 0)
    #expect(words.bytes.isEmpty)
  }
}

extension SeededGenerator {
  fileprivate static func sampleBytes(_ count: Int) -> [UInt8] {
    var random = SeededGenerator(seed: 4)
    return random.bytes(count)
  }
}
