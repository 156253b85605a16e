import MQTTProtocol
import Testing
import WestwindTestSupport

/// Packets of random fields: what is written is read again as it was, in one piece and in any.
struct RoundTripTests {
  static let rounds = 300

  /// Reads one packet out of its bytes, and gives the header and the body.
  static func one(_ bytes: [UInt8], _ rules: PacketRules, _ random: inout SeededGenerator) -> Received.Found {
    let whole = received([bytes], under: rules, bufferSize: 1 << 17)
    let positions = (0..<Int.random(in: 1...4, using: &random)).map { _ in
      Int.random(in: 0...bytes.count, using: &random)
    }
    let cut = received(bytes.cut(at: positions.sorted()), under: rules, bufferSize: 1 << 17)
    #expect(whole == cut)
    #expect(whole.violation == nil && whole.isAtStart && whole.packets.count == 1)
    #expect(whole.packets.first?.header.packetLength == bytes.count)
    return whole.packets.first ?? .init(header: .init(type: .pingReq, remainingLength: 0), body: [])
  }

  @Test(arguments: PacketRules.all) func `PUBLISH`(rules: PacketRules) throws {
    var random = SeededGenerator(seed: 1)
    for _ in 0..<Self.rounds {
      let properties = rules.version == .mqtt5 ? [OwnedProperty].random(.publish, rules.sender, using: &random) : []
      let hasAlias = properties.contains { $0.id == .topicAlias }
      let topic = hasAlias && random.bool() ? [] : random.text(40)
      let payload = random.bytes(Int.random(in: 0...200, using: &random))
      let qos = random.qos()
      let isDuplicate = qos != .atMostOnce && random.bool()
      let encodedProperties = properties.encoded
      let packet = PublishPacket(
        topic: topic.span, qos: qos, identifier: qos == .atMostOnce ? 0 : random.identifier(),
        isRetained: random.bool(),
        isDuplicate: isDuplicate, properties: PropertyList(encoded: encodedProperties.span),
        payloadLength: payload.count)
      let bytes = try written { (out) throws(PacketEncodingError) in try packet.encode(into: &out, under: rules) }
      #expect(bytes.count == packet.encodedLength(rules.version))
      #expect(bytes.count + payload.count == packet.packetLength(rules.version))
      let found = Self.one(bytes + payload, rules, &random)
      #expect(found.payload == payload)
      let read = try PublishPacket(found.header, variableHeader: found.body.span, under: rules)
      let readTopic = read.topic.array
      let readProperties = read.properties.owned
      #expect(readTopic == topic && readProperties == properties)
      #expect(read.qos == packet.qos && read.identifier == packet.identifier && read.payloadLength == payload.count)
      #expect(read.isRetained == packet.isRetained && read.isDuplicate == isDuplicate)
    }
  }

  @Test(arguments: MQTTVersion.allCases) func `CONNECT`(version: MQTTVersion) throws {
    var random = SeededGenerator(seed: 2)
    let rules = PacketRules(version: version, sender: .client)
    func properties(_ place: PropertyPlace) -> [OwnedProperty] {
      version == .mqtt5 ? .random(place, .client, using: &random) : []
    }
    for _ in 0..<Self.rounds {
      let own = properties(.connect)
      let ownBytes = own.encoded
      let willProperties = properties(.will)
      let willBytes = willProperties.encoded
      let identifier = random.bool() ? random.text(30) : []
      let topic = random.text()
      let payload = random.bytes(Int.random(in: 0...100, using: &random))
      let name = random.text()
      let password = random.bytes(20)
      let hasWill = random.bool()
      let hasName = random.bool()
      let hasPassword = random.bool() && (hasName || version == .mqtt5)
      let will =
        hasWill
        ? WillMessage(
          topic: topic.span, payload: payload.span, qos: random.qos(), isRetained: random.bool(),
          properties: PropertyList(encoded: willBytes.span)) : nil
      let packet = ConnectPacket(
        version: version, clientIdentifier: identifier.span,
        isCleanStart: random.bool() || version == .mqtt311 && identifier.isEmpty,
        keepAlive: UInt16.random(in: 0...UInt16.max, using: &random), properties: PropertyList(encoded: ownBytes.span),
        will: will, userName: hasName ? name.span : nil, password: hasPassword ? password.span : nil)
      let bytes = try written { (out) throws(PacketEncodingError) in try packet.encode(into: &out) }
      #expect(bytes.count == packet.encodedLength)
      let found = Self.one(bytes, rules, &random)
      guard case .connect(let read) = try Packet(found.header, body: found.body.span, under: rules) else {
        Issue.record("another packet")
        continue
      }
      #expect(read.version == version && read.isCleanStart == packet.isCleanStart)
      #expect(read.keepAlive == packet.keepAlive)
      let readIdentifier = read.clientIdentifier.array
      let readProperties = read.properties.owned
      let readName = read.userName?.array
      let readPassword = read.password?.array
      #expect(readIdentifier == identifier && readProperties == own)
      #expect(readName == (hasName ? name : nil) && readPassword == (hasPassword ? password : nil))
      if let readWill = read.will {
        let readTopic = readWill.topic.array
        let readPayload = readWill.payload.array
        let readWillProperties = readWill.properties.owned
        #expect(hasWill && readTopic == topic && readPayload == payload && readWillProperties == willProperties)
      } else {
        #expect(!hasWill)
      }
      let again = try written { (out) throws(PacketEncodingError) in try read.encode(into: &out) }
      #expect(again == bytes)
    }
  }

  @Test(arguments: PacketRules.all) func `every other packet`(rules: PacketRules) throws {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<Self.rounds {
      for type in PacketType.allCases
      where type != .publish && type != .connect && type.mayBeSent(under: rules) {
        let fields = Fields.random(type, rules, using: &random)
        let bytes = try fields.encoded(rules)
        let found = Self.one(bytes, rules, &random)
        #expect(try Fields(found, rules) == fields)
      }
    }
  }

  @Test func `the properties of every packet are what may stand there`() {
    for id in PropertyID.all { #expect(PropertyDefinition(id) != nil) }
    #expect(PropertyID.all.count == 27)
  }
}
