/// What SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK have behind the fixed header: packet identifier, properties (MQTT 5.0),
/// and a list up to the packet's end.
struct ListBody: ~Escapable {
  let identifier: UInt16
  let properties: PropertyList
  let list: Span<UInt8>

  @_lifetime(copy properties, copy list)
  init(identifier: UInt16, properties: PropertyList, list: Span<UInt8>) {
    self.identifier = identifier
    self.properties = properties
    self.list = list
  }

  @_lifetime(copy body)
  init(_ body: Span<UInt8>, _ version: MQTTVersion) throws(MQTTViolation) {
    var fields = FieldReader(body)
    identifier = try fields.twoByteInteger()
    properties = version == .mqtt5 ? try fields.properties() : PropertyList()
    list = fields.rest()
  }

  /// Bytes behind the fixed header.
  private func length(_ version: MQTTVersion) -> Int { 2 + properties.encodedLength(version) + list.count }

  /// Bytes of the whole packet.
  func packetLength(_ version: MQTTVersion) -> Int { FixedHeader.length(length(version)) }

  /// Writes the whole packet, which was checked before.
  func encode(
    _ type: PacketType, into out: inout OutputSpan<UInt8>, _ version: MQTTVersion
  ) throws(PacketEncodingError) {
    try FixedHeader.begin(type, bodyLength: length(version), to: &out)
    out.append(identifier)
    if version == .mqtt5 { out.appendProperties(properties) }
    out.append(list)
  }
}
