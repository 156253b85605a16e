import MQTTProtocol
import Testing
import WestwindTestSupport

/// The fields of a packet, whatever it is.
struct Fields: Equatable {
  var type: PacketType
  var identifier: UInt16 = 0
  var code: UInt8 = 0
  var flag = false
  var list: [[UInt8]] = []
  var options: [SubscriptionOptions] = []
  var properties: [OwnedProperty] = []

  static func place(_ type: PacketType) -> PropertyPlace {
    switch type {
    case .connAck: .connAck
    case .pubAck: .pubAck
    case .pubRec: .pubRec
    case .pubRel: .pubRel
    case .pubComp: .pubComp
    case .subscribe: .subscribe
    case .subAck: .subAck
    case .unsubscribe: .unsubscribe
    case .unsubAck: .unsubAck
    case .disconnect: .disconnect
    case .auth: .auth
    default: []
    }
  }

  static func codes(_ type: PacketType, _ rules: PacketRules) -> [UInt8] {
    if rules.version == .mqtt311 {
      return type == .connAck ? Array(0...5) : type == .subAck ? [0, 1, 2, 0x80] : [0]
    }
    let allowed = (UInt8.min...UInt8.max).filter { ReasonCode(rawValue: $0).mayStand(in: type, under: rules) }
    return allowed.isEmpty ? [0] : allowed
  }

  static func random(_ type: PacketType, _ rules: PacketRules, using random: inout SeededGenerator) -> Fields {
    var fields = Fields(type: type)
    let codes = codes(type, rules)
    if rules.version == .mqtt5, place(type) != [], random.bool() {
      fields.properties = .random(place(type), rules.sender, using: &random)
    }
    let count = Int.random(in: 1...5, using: &random)
    switch type {
    case .connAck:
      fields.code = codes.randomElement(using: &random)!
      fields.flag = fields.code == 0 && random.bool()
    case .pubAck, .pubRec, .pubRel, .pubComp:
      fields.identifier = random.identifier()
      fields.code = codes.randomElement(using: &random)!
    case .subscribe, .unsubscribe:
      fields.identifier = random.identifier()
      for _ in 0..<count {
        let isShared = rules.version == .mqtt5 && random.bool()
        fields.list.append(
          (isShared ? "$share/group/".bytes : []) + random.text() + (random.bool() ? "/+/#".bytes : []))
        guard type == .subscribe else { continue }
        fields.options.append(
          rules.version == .mqtt5
            ? SubscriptionOptions(
              maximumQoS: random.qos(), noLocal: !isShared && random.bool(), retainAsPublished: random.bool(),
              retainHandling: .allCases.randomElement(using: &random)!)
            : SubscriptionOptions(maximumQoS: random.qos()))
      }
    case .subAck, .unsubAck:
      fields.identifier = random.identifier()
      if type == .unsubAck, rules.version == .mqtt311 { break }
      fields.list = [(0..<count).map { _ in codes.randomElement(using: &random)! }]
    case .disconnect: fields.code = codes.randomElement(using: &random)!
    case .auth:
      fields.code = codes.randomElement(using: &random)!
      let isBare = fields.code == 0 && fields.properties.isEmpty
      if !isBare, !fields.properties.contains(where: { $0.id == .authenticationMethod }) {
        fields.properties.append(.bytes(.authenticationMethod, "SCRAM".bytes))
      }
    default: break
    }
    return fields
  }

  func encoded(_ rules: PacketRules) throws -> [UInt8] {
    let encodedProperties = properties.encoded
    let list = self.list
    let options = self.options
    let lists = try written { (out) throws(PacketEncodingError) in
      for (i, filter) in list.enumerated() {
        if type == .subscribe { try SubscriptionList.append(filter.span, options[i], to: &out) }
        if type == .unsubscribe { try TopicFilterList.append(filter.span, to: &out) }
      }
    }
    let codes = list.first ?? []
    let fields = self
    return try written { (out) throws(PacketEncodingError) in
      let properties = PropertyList(encoded: encodedProperties.span)
      let reasonCode = ReasonCode(rawValue: fields.code)
      var expected = 0
      switch fields.type {
      case .connAck:
        if rules.version == .mqtt5 {
          let packet = ConnAckPacket(isSessionPresent: fields.flag, reasonCode: reasonCode, properties: properties)
          expected = packet.encodedLength(rules.version)
          try packet.encode(into: &out, under: rules)
        } else {
          let packet = ConnAckPacket(
            isSessionPresent: fields.flag, returnCode: ConnectReturnCode(rawValue: fields.code)!)
          expected = packet.encodedLength(rules.version)
          try packet.encode(into: &out, under: rules)
        }
      case .pubAck, .pubRec, .pubRel, .pubComp:
        let kind = PublishAcknowledgement.Kind.allCases.first { $0.packetType == fields.type }!
        let packet = PublishAcknowledgement(
          kind, identifier: fields.identifier, reasonCode: reasonCode, properties: properties)
        expected = packet.encodedLength(rules.version)
        try packet.encode(into: &out, under: rules)
      case .subscribe:
        let packet = SubscribePacket(
          identifier: fields.identifier, subscriptions: SubscriptionList(encoded: lists.span), properties: properties)
        expected = packet.encodedLength(rules.version)
        try packet.encode(into: &out, under: rules)
      case .unsubscribe:
        let packet = UnsubscribePacket(
          identifier: fields.identifier, filters: TopicFilterList(encoded: lists.span), properties: properties)
        expected = packet.encodedLength(rules.version)
        try packet.encode(into: &out, under: rules)
      case .subAck, .unsubAck:
        let packet = SubscriptionAcknowledgement(
          fields.type == .subAck ? .subAck : .unsubAck, identifier: fields.identifier, reasonCodes: codes.span,
          properties: properties)
        expected = packet.encodedLength(rules.version)
        try packet.encode(into: &out, under: rules)
      case .pingReq, .pingResp:
        expected = PingPacket.encodedLength
        try PingPacket(fields.type == .pingReq ? .request : .response).encode(into: &out)
      case .disconnect:
        let packet = DisconnectPacket(reasonCode: reasonCode, properties: properties)
        expected = packet.encodedLength
        try packet.encode(into: &out, under: rules)
      case .auth:
        let packet = AuthPacket(reasonCode: reasonCode, properties: properties)
        expected = packet.encodedLength
        try packet.encode(into: &out, under: rules)
      case .connect, .publish: break
      }
      let count = out.count
      #expect(count == expected)
    }
  }

  init(type: PacketType) {
    self.type = type
  }

  init(_ found: Received.Found, _ rules: PacketRules) throws {
    type = found.header.type
    switch try Packet(found.header, body: found.body.span, under: rules) {
    case .connAck(let packet):
      flag = packet.isSessionPresent
      code = packet.code
      properties = packet.properties.owned
    case .publishAcknowledgement(let packet):
      identifier = packet.identifier
      code = packet.reasonCode.rawValue
      properties = packet.properties.owned
    case .subscribe(let packet):
      identifier = packet.identifier
      properties = packet.properties.owned
      var reader = packet.subscriptions.makeReader(rules.version)
      while let entry = reader.next() {
        list.append(entry.filter.encoded.array)
        options.append(entry.options)
      }
    case .unsubscribe(let packet):
      identifier = packet.identifier
      properties = packet.properties.owned
      var reader = packet.filters.makeReader(rules.version)
      while let filter = reader.next() { list.append(filter.encoded.array) }
    case .subscriptionAcknowledgement(let packet):
      identifier = packet.identifier
      properties = packet.properties.owned
      if !packet.reasonCodes.isEmpty { list = [packet.reasonCodes.array] }
    case .disconnect(let packet):
      code = packet.reasonCode.rawValue
      properties = packet.properties.owned
    case .auth(let packet):
      code = packet.reasonCode.rawValue
      properties = packet.properties.owned
    case .ping, .connect, .publish: break
    }
  }
}
