extension PropertyList {
  /// Checks every property: known, in its place, often enough and no oftener, its value in its range (2.2.2.2).
  func check(in place: PropertyPlace, from sender: PacketSender) throws(MQTTViolation) {
    guard !encoded.isEmpty else { return }
    var seen: UInt64 = 0
    var reader = makeReader()
    while let property = try reader.read() {
      switch property {
      case .integer(let id, let value):
        let definition = try Self.place(id, in: place, from: sender, seen: &seen)
        // [MQTT-3.3.2-8]
        guard id != .topicAlias || value != 0 else { throw .topicAliasInvalid(0) }
        guard definition.range.contains(value) else { throw .propertyValue(id, value) }
      case .bytes(let id, let value):
        let definition = try Self.place(id, in: place, from: sender, seen: &seen)
        if definition.kind == .text { try MQTTText.check(value) }
        // [MQTT-3.3.2-14]; an empty one is no topic name either ([MQTT-4.7.3-1])
        if id == .responseTopic {
          guard !value.isEmpty else { throw .topicNameEmpty }
          guard !TopicName.hasWildcard(value) else { throw .responseTopicWildcard }
        }
      case .pair(let id, let name, let value):
        _ = try Self.place(id, in: place, from: sender, seen: &seen)
        // [MQTT-1.5.7-1]
        try MQTTText.check(name)
        try MQTTText.check(value)
      }
    }
    // 3.1.2.11.10: data without a method. Identifiers are below 64, so each has its bit.
    let method: UInt64 = 1 << UInt64(PropertyID.authenticationMethod.rawValue)
    let data: UInt64 = 1 << UInt64(PropertyID.authenticationData.rawValue)
    guard seen & data == 0 || seen & method != 0 else { throw .authenticationMethodMissing }
  }

  private static func place(
    _ id: PropertyID, in place: PropertyPlace, from sender: PacketSender, seen: inout UInt64
  ) throws(MQTTViolation) -> PropertyDefinition {
    guard let definition = PropertyDefinition(id), definition.places.contains(place) else {
      throw .propertyNotAllowed(id)
    }
    // [MQTT-3.3.4-6]
    guard id != .subscriptionIdentifier || place != .publish || sender == .broker else {
      throw .subscriptionIdentifierFromClient
    }
    if place == .disconnect {
      // [MQTT-3.14.2-2]: only a client says how long its session is kept; 3.14.2.2.5: only a broker names another
      guard id != .sessionExpiryInterval || sender == .client, id != .serverReference || sender == .broker else {
        throw .propertyNotAllowed(id)
      }
    }
    let bit: UInt64 = 1 << UInt64(id.rawValue)
    guard seen & bit == 0 || definition.mayRepeat(id, in: place) else { throw .propertyTwice(id) }
    seen |= bit
    return definition
  }
}
