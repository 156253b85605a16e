import Testing
import WebSocketProtocol
import WestwindTestSupport

struct FrameHeaderTests {
  /// Lengths at the edges of the three forms, with the bytes from the second on.
  static let lengths: [(UInt64, [UInt8])] = [
    (0, [0]),
    (1, [1]),
    (124, [124]),
    (125, [125]),
    (126, [126, 0, 126]),
    (127, [126, 0, 127]),
    (128, [126, 0, 128]),
    (255, [126, 0x00, 0xFF]),
    (256, [126, 0x01, 0x00]),
    (65534, [126, 0xFF, 0xFE]),
    (65535, [126, 0xFF, 0xFF]),
    (65536, [127, 0, 0, 0, 0, 0, 1, 0, 0]),
    (65537, [127, 0, 0, 0, 0, 0, 1, 0, 1]),
    (0xFFFF_FFFF, [127, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]),
    (0x1_0000_0000, [127, 0, 0, 0, 1, 0, 0, 0, 0]),
    (0x0123_4567_89AB_CDEF, [127, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF]),
    (UInt64.max >> 1, [127, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
  ]

  @Test(arguments: lengths)
  func `a length takes its shortest form`(length: UInt64, bytes: [UInt8]) {
    #expect(FrameHeader(.binary, length).encoded == [0x82] + bytes)
  }

  @Test(arguments: lengths)
  func `a masked frame has the mask bit, and its key behind the length`(length: UInt64, bytes: [UInt8]) {
    var expected = [0x82] + bytes + [0x37, 0xFA, 0x21, 0x3D]
    expected[1] |= 0x80
    #expect(FrameHeader(.binary, length, key: .sample).encoded == expected)
  }

  @Test func `the first byte holds FIN, the reserved bits and the opcode`() {
    for first in UInt8.min...UInt8.max {
      let header = FrameHeader(
        isFinal: first & 0x80 != 0, reservedBits: first >> 4 & 7, opcode: Opcode(rawValue: first), payloadLength: 0)
      #expect(header.encoded == [first, 0])
    }
  }

  @Test func `the frames of RFC 6455 5.7 come out as they are printed there`() {
    let hello = "Hello".bytes
    #expect(frame(.text, hello) == [0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
    #expect(
      frame(.text, hello, key: .sample)
        == [0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    #expect(frame(.text, "Hel".bytes, isFinal: false) == [0x01, 0x03, 0x48, 0x65, 0x6C])
    #expect(frame(.continuation, "lo".bytes) == [0x80, 0x02, 0x6C, 0x6F])
    #expect(frame(.ping, hello) == [0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F])
    #expect(
      frame(.pong, hello, key: .sample)
        == [0x8A, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58])
    #expect(FrameHeader(.binary, 256).encoded == [0x82, 0x7E, 0x01, 0x00])
    #expect(FrameHeader(.binary, 65536).encoded == [0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0])
  }

  @Test(arguments: lengths, [nil, MaskingKey.sample])
  func `encoding at an offset writes encodedLength bytes and no other`(length: (UInt64, [UInt8]), key: MaskingKey?) {
    let header = FrameHeader(.text, length.0, key: key)
    for offset in 0...8 {
      var bytes = [UInt8](repeating: 0xEE, count: offset + FrameHeader.maximumEncodedLength + 3)
      var span = bytes.mutableSpan
      let written = header.encode(into: &span, at: offset)
      #expect(written == header.encodedLength)
      #expect(written <= FrameHeader.maximumEncodedLength)
      #expect(Array(bytes[offset..<(offset + written)]) == header.encoded)
      #expect(bytes[..<offset].allSatisfy { $0 == 0xEE })
      #expect(bytes[(offset + written)...].allSatisfy { $0 == 0xEE })
    }
  }

  @Test(arguments: lengths, [nil, MaskingKey.sample])
  func `packed holds the same bytes, and nothing behind them`(length: (UInt64, [UInt8]), key: MaskingKey?) {
    let header = FrameHeader(.text, length.0, key: key)
    let (low, high) = header.packed
    let bytes = (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? low : high) >> UInt64(8 * ($0 % 8))) }
    #expect(bytes == header.encoded + [UInt8](repeating: 0, count: 16 - header.encodedLength))
  }

  @Test func `a header that ends anywhere else is read at its end, and not before`() throws {
    for (length, _) in Self.lengths {
      for key in [nil, MaskingKey.sample] {
        let header = FrameHeader(.text, length, key: key)
        let bytes = [0xEE] + header.encoded + [0xEE]
        for end in 1...bytes.count {
          var index = 1
          let read = try FrameHeader.read(Array(bytes[..<end]).span, from: &index)
          let isWhole = end > header.encodedLength
          #expect(read == (isWhole ? header : nil))
          #expect(index == (isWhole ? 1 + header.encodedLength : 1))
        }
      }
    }
  }

  @Test func `a random header is read as it was written`() throws {
    var random = SeededGenerator(seed: 6455)
    for _ in 0..<20_000 {
      // as many short lengths as long ones
      let length = random.next() >> UInt64.random(in: 1...64, using: &random)
      let header = FrameHeader(
        isFinal: .random(using: &random),
        reservedBits: .random(in: 0...7, using: &random),
        opcode: Opcode(rawValue: .random(in: 0...15, using: &random)),
        maskingKey: .random(using: &random) ? MaskingKey(littleEndian: .random(in: 0 ... .max, using: &random)) : nil,
        payloadLength: length)
      let bytes = header.encoded
      var index = 0
      let parsed = try FrameHeader.read(bytes.span, from: &index)
      #expect(parsed == header)
      #expect(index == bytes.count)
    }
  }
}
