import MQTTProtocol
import Testing

struct FixedHeaderParserTests {
  static func parse(_ bytes: [UInt8], _ rules: PacketRules, limit: Int = .max) throws(MQTTViolation) -> FixedHeader? {
    var parser = FixedHeaderParser(rules: rules, maximumPacketSize: limit)
    var index = 0
    let header = try parser.parse(bytes.span, from: &index)
    if header != nil { #expect(index == bytes.count && parser.isAtStart) }
    return header
  }

  @Test(arguments: VariableByteIntegerTests.table)
  func `a remaining length at an edge is read, split at any byte`(length: Int, bytes: [UInt8]) throws {
    guard length >= 3 else { return }
    let expected = FixedHeader(type: .publish, flags: 2, remainingLength: length)
    #expect(try Self.parse([0x32] + bytes, .broker5) == expected)
    #expect(expected.encodedLength == 1 + bytes.count)
    var parser = FixedHeaderParser(rules: .broker5)
    for (i, byte) in ([0x32] + bytes).enumerated() {
      var index = 0
      let header = try parser.parse([byte].span, from: &index)
      #expect((header == expected) == (i == bytes.count))
    }
  }

  @Test func `every first byte is taken, or refused for its type, its flags or its sender`() {
    for rules in PacketRules.all {
      for first in UInt8.min...UInt8.max {
        var violation: MQTTViolation?
        var parser = FixedHeaderParser(rules: rules)
        var index = 0
        do throws(MQTTViolation) { _ = try parser.parse([first].span, from: &index) } catch { violation = error }
        let flags = first & 15
        switch (PacketType(rawValue: first >> 4), rules.version) {
        case (nil, _), (.auth, .mqtt311): #expect(violation == .reservedPacketType(first >> 4))
        case (.publish, _):
          #expect(violation == (flags & 6 == 6 ? .publishQoS3 : flags & 14 == 8 ? .dupOnQoS0 : nil))
        case (let type?, _):
          let fixed: UInt8 = [.pubRel, .subscribe, .unsubscribe].contains(type) ? 2 : 0
          #expect(
            violation
              == (flags != fixed
                ? .reservedFlags(type, flags) : type.mayBeSent(under: rules) ? nil : .wrongDirection(type)))
        }
      }
    }
  }

  @Test func `which side may send what`() {
    let clients: [PacketType] = [.connect, .subscribe, .unsubscribe, .pingReq]
    let brokers: [PacketType] = [.connAck, .subAck, .unsubAck, .pingResp]
    for type in PacketType.allCases {
      #expect(type.mayBeSent(under: .client5) == !brokers.contains(type))
      #expect(type.mayBeSent(under: .broker5) == !clients.contains(type))
      #expect(type.mayBeSent(under: .client3) == (!brokers.contains(type) && type != .auth))
      #expect(type.mayBeSent(under: .broker3) == (!clients.contains(type) && type != .auth && type != .disconnect))
    }
  }

  @Test func `a packet of the limit is taken, and one byte more is refused by its header alone`() throws {
    #expect(try Self.parse([0x30, 98], .broker5, limit: 100) != nil)
    #expect(throws: MQTTViolation.packetTooLarge(size: 101, limit: 100)) {
      try Self.parse([0x30, 99], .broker5, limit: 100)
    }
  }

  @Test func `a remaining length that the type cannot have is refused before the body comes`() {
    for (bytes, rules) in [
      ([0xD0, 1], .broker5), ([0xC0, 1], .client3), ([0x40, 1], .broker5), ([0x40, 3], .broker3),
      ([0x20, 3], .broker3),
      ([0x20, 2], .broker5), ([0xB0, 3], .broker3), ([0xE0, 1], .client3), ([0x30, 1], .broker3),
      ([0x30, 2], .broker5),
    ] as [([UInt8], PacketRules)] {
      #expect(throws: MQTTViolation.remainingLengthImpossible(PacketType(rawValue: bytes[0] >> 4)!, Int(bytes[1]))) {
        try Self.parse(bytes, rules)
      }
    }
  }
}
