internal import CWestwind
internal import MQTTProtocol
internal import WestwindMQTT

/// The user properties of each structure that has any.
typealias UserProperties = (
  mqtt_utf8_pair, mqtt_utf8_pair, mqtt_utf8_pair, mqtt_utf8_pair, mqtt_utf8_pair, mqtt_utf8_pair, mqtt_utf8_pair,
  mqtt_utf8_pair
)

// What a structure says of MQTT 5.0; a number that is 0 and a text that is empty say nothing, as in Zephyr.

extension MQTTProperties {
  mutating func add(_ id: PropertyID, _ number: some UnsignedInteger) throws(MQTTError) {
    if number != 0 { try append(id, UInt32(number)) }
  }

  mutating func add(_ id: PropertyID, _ text: mqtt_utf8) throws(MQTTError) {
    if unsafe !text.bytes.isEmpty { try unsafe append(id, Array(text.bytes)) }
  }

  mutating func add(_ id: PropertyID, _ data: mqtt_binstr) throws(MQTTError) {
    if unsafe !data.bytes.isEmpty { try unsafe append(id, Array(data.bytes)) }
  }

  mutating func add(_ pairs: UserProperties) throws(MQTTError) {
    // Sound: a tuple of one type lies in memory as an array of it does.
    try unsafe withUnsafeBytes(of: pairs) { (bytes) throws(MQTTError) in
      let list = unsafe bytes.bindMemory(to: mqtt_utf8_pair.self)
      for i in list.indices where unsafe !list[i].name.bytes.isEmpty {
        try unsafe appendUserProperty(name: list[i].name.text(), value: list[i].value.text())
      }
    }
  }
}

extension MQTTClient {
  /// The properties that a call is given, which 3.1.1 has none of.
  func properties(
    _ fill: (inout MQTTProperties) throws(MQTTError) -> Void
  ) throws(MQTTError) -> MQTTProperties {
    var properties = MQTTProperties()
    if configuration.version == .mqtt5 { try fill(&properties) }
    return properties
  }
}

extension mqtt_common_ack_properties {
  func add(to properties: inout MQTTProperties) throws(MQTTError) {
    try unsafe properties.add(.reasonString, reason_string)
    try unsafe properties.add(user_prop)
  }
}
