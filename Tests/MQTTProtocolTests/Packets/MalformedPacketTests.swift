import MQTTProtocol
import Testing
import WestwindTestSupport

/// Packets that break one rule each, and what is answered: the reason code of MQTT 5.0.
///
/// A row bears the number of the statement in the specification's appendix B, or that of its section where the statement
/// has none. `Docs/MQTTProtocol.docc` tells which rules no bytes can break.
struct MalformedPacketTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var rule: String
    var rules: PacketRules
    var bytes: [UInt8]
    var violation: MQTTViolation
    var reasonCode: ReasonCode

    init(
      _ rule: String, _ rules: PacketRules, _ bytes: [UInt8], _ violation: MQTTViolation,
      _ reasonCode: ReasonCode = .malformedPacket
    ) {
      self.rule = rule
      self.rules = rules
      self.bytes = bytes
      self.violation = violation
      self.reasonCode = reasonCode
    }

    var testDescription: String { "\(rule) (\(rules.version), \(violation))" }
  }

  // Parts of packets.

  static func connect5(
    flags: UInt8 = 2, properties: [UInt8] = [], _ payload: [UInt8] = "c".bytes.field, name: String = "MQTT",
    level: UInt8 = 5
  ) -> [UInt8] {
    packet(0x10, name.bytes.field + [level, flags, 0, 10, UInt8(properties.count)] + properties + payload)
  }

  static func connect3(flags: UInt8 = 2, _ payload: [UInt8] = "c".bytes.field, level: UInt8 = 4) -> [UInt8] {
    packet(0x10, "MQTT".bytes.field + [level, flags, 0, 10] + payload)
  }

  static func publish5(_ first: UInt8 = 0x30, _ topic: [UInt8] = "t".bytes, properties: [UInt8] = []) -> [UInt8] {
    packet(first, topic.field + (first & 6 == 0 ? [] : [0, 1]) + [UInt8(properties.count)] + properties)
  }

  static func subscribe5(_ entries: [UInt8], properties: [UInt8] = []) -> [UInt8] {
    packet(0x82, [0, 1, UInt8(properties.count)] + properties + entries)
  }

  static func connAck5(_ properties: [UInt8], flags: UInt8 = 0, code: UInt8 = 0) -> [UInt8] {
    packet(0x20, [flags, code, UInt8(properties.count)] + properties)
  }

  static let noText: [UInt8] = [0x61, 0xED, 0xA0, 0x80]  // a surrogate
  static let null: [UInt8] = [0x61, 0]
  static let truncatedWill: [UInt8] = "c".bytes.field + [0] + "w".bytes.field

  static let rows = rows5 + rows311

  @Test(arguments: rows) func `a packet that breaks one rule is refused with its reason code, however it is cut`(
    row: Row
  ) {
    for pieces in [[row.bytes], row.bytes.cutAtEveryByte] {
      #expect(received(pieces, under: row.rules).violation == row.violation)
    }
    #expect(row.violation.reasonCode == row.reasonCode)
  }

  @Test func `a broker of 3.1.1 answers two wrong CONNECTs, and closes on all else without a word`() {
    #expect(MQTTViolation.protocolVersion(3).connectReturnCode == .unacceptableProtocolVersion)
    #expect(MQTTViolation.clientIdentifierEmpty.connectReturnCode == .identifierRejected)
    for row in Self.rows where row.violation.connectReturnCode != nil {
      #expect(row.violation == .clientIdentifierEmpty || row.violation.reasonCode == .unsupportedProtocolVersion)
    }
  }
}
