import MQTTProtocol
import Testing
import WestwindTestSupport

struct PacketReaderTests {
  /// One packet of every type that a broker sends, one behind the other.
  static let stream: [UInt8] =
    packet(0x20, [0, 0, 3, 0x21, 0, 10]) + packet(0x30, "t".bytes.field + [0] + "hello".bytes)
    + packet(
      0x3D, "topic/of/some/length".bytes.field + [1, 2, 5, 0x02, 0, 0, 0, 9] + [UInt8](repeating: 7, count: 130))
    + packet(0x34, "t".bytes.field + [0, 9, 0]) + packet(0x40, [0, 1]) + packet(0x50, [0, 1, 0x10])
    + packet(0x62, [0, 1, 0x92, 0]) + packet(0x70, [0, 1]) + packet(0x90, [0, 1, 0, 0, 1, 2])
    + packet(0xB0, [0, 1, 0, 0])
    + packet(0xD0, []) + packet(0xF0, [0x18, 4, 0x15, 0, 1, 0x78]) + packet(0xE0, [0x8B])

  @Test func `a stream cut at any two bytes gives the same packets`() {
    let whole = received([Self.stream], under: .broker5)
    #expect(whole.packets.count == 13 && whole.violation == nil && whole.isAtStart)
    #expect(whole.packets[1].payload == "hello".bytes)
    #expect(received(Self.stream.cutAtEveryByte, under: .broker5) == whole)
    for first in 0...Self.stream.count {
      #expect(received(Self.stream.cut(at: [first]), under: .broker5) == whole)
      for step in [1, 2, 3, 7, 20] where first + step <= Self.stream.count {
        #expect(received(Self.stream.cut(at: [first, first + step]), under: .broker5) == whole)
      }
    }
  }

  @Test func `a stream that ends inside a packet is not at its start`() {
    let bytes = packet(0x34, "t".bytes.field + [0, 9, 0] + "payload".bytes)
    for end in 0...bytes.count {
      #expect(received([Array(bytes[..<end])], under: .broker5).isAtStart == (end == 0 || end == bytes.count))
    }
  }

  @Test func `PUBLISH is there as soon as its variable header is, whatever the payload's size`() throws {
    let head: [UInt8] = [0x32, 0xFF, 0xFF, 0xFF, 0x7F] + "a/b".bytes.field + [0, 1]
    for pieces in [[head], head.cutAtEveryByte] {
      var reader = PacketReader(rules: .broker3, bufferSize: 16)
      var header: FixedHeader?
      for piece in pieces {
        var index = 0
        header = try reader.read(piece.span, from: &index)
        #expect(index == piece.count)
      }
      #expect(header?.remainingLength == 268_435_455)
      let remaining = reader.payloadRemaining
      #expect(remaining == 268_435_455 - 7)
      reader.takePayload(remaining)
      let isAtStart = reader.isAtStart
      #expect(isAtStart)
    }
  }

  @Test func `what does not fit the buffer is refused however it is cut, and payload needs no room in it`() {
    let fits = packet(0x30, "abcdef".bytes.field + [UInt8](repeating: 0, count: 1000))
    let long = packet(0x30, "abcdefg".bytes.field + [UInt8](repeating: 0, count: 1000))
    for (bytes, violation) in [(fits, nil), (long, .bufferTooSmall(limit: 8))] as [([UInt8], MQTTViolation?)] {
      #expect(received([bytes], under: .broker3, bufferSize: 8).violation == violation)
      #expect(received(bytes.cutAtEveryByte, under: .broker3, bufferSize: 8).violation == violation)
    }
  }

  @Test func `a reader that begins anew has forgotten the stream before`() throws {
    var reader = PacketReader(rules: .broker5)
    var index = 0
    let half: [UInt8] = [0x90, 6, 0]
    let nothing = try reader.read(half.span, from: &index)
    var isAtStart = reader.isAtStart
    #expect(nothing == nil && !isAtStart)
    reader.reset()
    isAtStart = reader.isAtStart
    #expect(isAtStart)
    index = 0
    let ping: [UInt8] = [0xD0, 0]
    let header = try reader.read(ping.span, from: &index)
    #expect(header?.type == .pingResp)
  }
}
