import Testing
import WebSocketProtocol
import WestwindTestSupport

struct FrameHeaderReadTests {
  enum Outcome: Equatable {
    case header(FrameHeader)
    case incomplete
    case violation(ProtocolViolation)
  }

  /// What one header's bytes give when they come in these pieces, each behind those before, and how many were taken.
  static func parse(_ pieces: [[UInt8]]) -> (outcome: Outcome, taken: Int) {
    var bytes: [UInt8] = []
    var index = 0
    for piece in pieces {
      bytes += piece
      do throws(ProtocolViolation) {
        if let header = try FrameHeader.read(bytes.span, from: &index) { return (.header(header), index) }
      } catch {
        return (.violation(error), index)
      }
      precondition(index == 0, "a part of a header was taken")
    }
    return (.incomplete, index)
  }

  @Test(arguments: FrameHeaderTests.lengths)
  func `a length at an edge is read in its shortest form`(length: UInt64, bytes: [UInt8]) {
    let (outcome, taken) = Self.parse([[0x82] + bytes])
    #expect(outcome == .header(FrameHeader(.binary, length)))
    #expect(taken == 1 + bytes.count)
  }

  @Test func `every first byte is read as FIN, reserved bits and opcode`() {
    for first in UInt8.min...UInt8.max {
      let header = FrameHeader(
        isFinal: first & 0x80 != 0, reservedBits: first >> 4 & 7, opcode: Opcode(rawValue: first & 15),
        payloadLength: 5)
      #expect(Self.parse([[first, 5]]).outcome == .header(header))
    }
  }

  @Test(arguments: FrameHeaderTests.lengths, [nil, MaskingKey.sample])
  func `a header split at any two bytes is read as if whole`(length: (UInt64, [UInt8]), key: MaskingKey?) {
    let header = FrameHeader(.text, length.0, isFinal: false, key: key)
    let bytes = header.encoded
    for first in 0...bytes.count {
      for second in first...bytes.count {
        let (outcome, taken) = Self.parse(bytes.cut(at: [first, second]))
        #expect(outcome == .header(header))
        #expect(taken == bytes.count)
      }
    }
    #expect(Self.parse(bytes.cutAtEveryByte).outcome == .header(header))
  }

  @Test(arguments: FrameHeaderTests.lengths, [nil, MaskingKey.sample])
  func `a header of which the last byte is missing is not there yet`(length: (UInt64, [UInt8]), key: MaskingKey?) {
    let bytes = FrameHeader(.text, length.0, key: key).encoded
    for end in 0..<bytes.count {
      let (outcome, taken) = Self.parse([Array(bytes[..<end])])
      #expect(outcome == .incomplete)
      #expect(taken == 0)
    }
  }

  @Test(arguments: [0, 1, 124, 125] as [UInt8])
  func `a length under 126 in the 16-bit form is refused`(length: UInt8) {
    for pieces in [[[0x82, 126, 0, length]], [[0x82], [126], [0], [length]]] as [[[UInt8]]] {
      #expect(Self.parse(pieces) == (.violation(.lengthNotMinimal), 0))
    }
  }

  @Test(arguments: [0, 1, 124, 125, 126, 127, 65534, 65535] as [UInt64])
  func `a length under 65536 in the 64-bit form is refused`(length: UInt64) {
    let bytes = [0x82, 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(56 - 8 * $0)) }
    #expect(Self.parse([bytes]) == (.violation(.lengthNotMinimal), 0))
    #expect(Self.parse(bytes.cutAtEveryByte) == (.violation(.lengthNotMinimal), 0))
  }

  @Test(arguments: [0, 1, 125, 65535, 65536, UInt64.max >> 1])
  func `a 64-bit length with its top bit set is refused`(length: UInt64) {
    let length = length | 1 << 63
    let bytes = [0x82, 127] + (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(56 - 8 * $0)) }
    #expect(Self.parse([bytes]) == (.violation(.lengthTopBitSet), 0))
    #expect(Self.parse(bytes.cutAtEveryByte) == (.violation(.lengthTopBitSet), 0))
  }

  @Test func `a bad length is refused before the masking key is waited for`() {
    #expect(Self.parse([[0x82, 0x80 | 126, 0, 5]]).outcome == .violation(.lengthNotMinimal))
  }

  @Test func `the index stops behind the header and payload is not looked at`() throws {
    let bytes = frame(.binary, [1, 2, 3], key: .sample) + [0xFF, 0xFF]
    var index = 0
    let header = try FrameHeader.read(bytes.span, from: &index)
    #expect(header?.payloadLength == 3)
    #expect(index == 6)
  }

  @Test func `headers behind one another come one at a time`() throws {
    let all = FrameHeaderTests.lengths.flatMap { [FrameHeader(.ping, $0.0), FrameHeader(.text, $0.0, key: .sample)] }
    let bytes = all.flatMap { $0.encoded }
    var index = 0
    var headers: [FrameHeader] = []
    while let header = try FrameHeader.read(bytes.span, from: &index) { headers.append(header) }
    #expect(headers == all)
    #expect(index == bytes.count)
  }

  @Test func `reading begins where the index says`() throws {
    var index = 3
    let header = try FrameHeader.read([0xFF, 0xFF, 0xFF, 0x89, 0x00].span, from: &index)
    #expect(header == FrameHeader(.ping))
    #expect(index == 5)
  }

  @Test func `nothing is read out of no bytes`() throws {
    var index = 0
    let header = try FrameHeader.read([UInt8]().span, from: &index)
    #expect(header == nil)
  }
}
