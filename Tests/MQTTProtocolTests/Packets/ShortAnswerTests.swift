import MQTTProtocol
import Testing

/// PUBACK, PUBREC, PUBREL and PUBCOMP of four bytes have a way of their own, which has to come to where the other goes.
struct ShortAnswerTests {
  /// What `read` and `Packet` make of bytes, where that is an acknowledgement that says success.
  private func slowly(
    _ bytes: [UInt8], _ rules: PacketRules
  ) -> (kind: PublishAcknowledgement.Kind, identifier: UInt16)? {
    var reader = PacketReader(rules: rules)
    var index = 0
    do {
      guard let header = try reader.read(bytes.span, from: &index) else { return nil }
      let packet = try Packet(header, body: reader.body(in: bytes.span), under: rules)
      guard case .publishAcknowledgement(let answer) = packet, answer.reasonCode == .success else { return nil }
      return (answer.kind, answer.identifier)
    } catch {
      return nil
    }
  }

  @Test(arguments: [PacketRules.broker3, PacketRules.broker5])
  func `the short way takes what the long one takes, and nothing else`(rules: PacketRules) {
    var taken = 0
    for first in UInt8.min ... .max {
      for rest: [UInt8] in [[2, 0, 0], [2, 0, 1], [2, 0xFF, 0xFE], [0, 0, 1], [3, 0, 1]] {
        let bytes = [first] + rest
        var reader = PacketReader(rules: rules)
        var index = 0
        let answer = reader.readShortAnswer(bytes.span, from: &index)
        let expected = slowly(bytes, rules)
        #expect(answer?.kind == expected?.kind && answer?.identifier == expected?.identifier)
        #expect(index == (answer == nil ? 0 : 4))
        let isAtStart = reader.isAtStart
        #expect(isAtStart)
        if answer != nil { taken += 1 }
      }
    }
    #expect(taken == 8)
  }

  @Test func `what is cut, behind the beginning of a packet, or too long is left to the long way`() throws {
    let answer: [UInt8] = [0x40, 2, 0, 1]
    for count in 0..<4 {
      var reader = PacketReader(rules: .broker5)
      var index = 0
      let cut = [UInt8](answer[..<count])
      let isTaken = reader.readShortAnswer(cut.span, from: &index) != nil
      #expect(!isTaken && index == 0)
    }
    // the rest of a PUBACK whose first bytes came before
    for begun in 1...2 {
      var reader = PacketReader(rules: .broker5)
      var index = 0
      let beginning = [UInt8](answer[..<begun])
      let header = try reader.read(beginning.span, from: &index)
      index = 0
      let isTaken = reader.readShortAnswer(answer.span, from: &index) != nil
      #expect(header == nil && !isTaken && index == 0)
    }
    // payload that looks like one
    var within = PacketReader(rules: .broker5)
    let publish: [UInt8] = [0x30, 8, 0, 1, 0x74, 0] + answer
    var position = 0
    let isPublish = try within.read(publish.span, from: &position) != nil
    let left = within.payloadRemaining
    #expect(isPublish && left == 4)
    let start = position
    let isPayloadTaken = within.readShortAnswer(publish.span, from: &position) != nil
    #expect(!isPayloadTaken && position == start)
    var reader = PacketReader(rules: .broker5, maximumPacketSize: 3)
    var index = 0
    let isTaken = reader.readShortAnswer(answer.span, from: &index) != nil
    #expect(!isTaken && index == 0)
  }
}
