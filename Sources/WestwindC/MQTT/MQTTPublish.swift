// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import MQTTProtocol
internal import WestwindMQTT
internal import WestwindPlatform

// Sound in all: the program's pointers are to structures of the types that the header says, or NULL, and what these point to
// is read during the call only.

@c @implementation
public func mqtt_publish(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ param: UnsafePointer<mqtt_publish_param>?
) -> CInt {
  guard let param = unsafe param, let qos = unsafe QoS(rawValue: param.pointee.message.topic.qos),
    unsafe param.pointee.message.payload.data != nil || param.pointee.message.payload.len == 0
  else { return -EINVAL }
  return unsafe outcome(client, mayPing: false) { (client) throws(MQTTError) in
    guard client.configuration.version == .mqtt5 else {
      try unsafe client.publish(param.pointee, qos, PropertyList())
      return 0
    }
    var properties = MQTTProperties()
    try unsafe param.pointee.add(to: &properties)
    try unsafe client.publish(param.pointee, qos, properties.list)
    return 0
  }
}

extension MQTTClient {
  @inline(__always) fileprivate func publish(
    _ param: mqtt_publish_param, _ qos: QoS, _ properties: PropertyList
  ) throws(MQTTError) {
    let topic = unsafe param.message.topic.topic.bytes
    let payload = unsafe UnsafeRawBufferPointer(param.message.payload.bytes)
    try unsafe publish(
      PublishPacket(
        topic: Span(_unsafeElements: topic), qos: qos, isRetained: param.retain_flag == 1,
        isDuplicate: qos != .atMostOnce && param.dup_flag == 1, properties: properties, payloadLength: 0),
      payload: RawSpan(_unsafeBytes: payload), identifier: param.message_id)
  }
}

extension mqtt_publish_param {
  fileprivate func add(to properties: inout MQTTProperties) throws(MQTTError) {
    try unsafe properties.add(.payloadFormatIndicator, prop.payload_format_indicator)
    try unsafe properties.add(.messageExpiryInterval, prop.message_expiry_interval)
    try unsafe properties.add(.topicAlias, prop.topic_alias)
    try unsafe properties.add(.responseTopic, prop.response_topic)
    try unsafe properties.add(.correlationData, prop.correlation_data)
    try unsafe properties.add(.contentType, prop.content_type)
    try unsafe properties.add(prop.user_prop)
  }
}

@c @implementation
public func mqtt_publish_qos1_ack(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ param: UnsafePointer<mqtt_puback_param>?
) -> CInt {
  guard let param = unsafe param?.pointee else { return -EINVAL }
  return unsafe acknowledge(client, param.message_id, param.reason_code, param.prop)
}

@c @implementation
public func mqtt_publish_qos2_receive(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ param: UnsafePointer<mqtt_pubrec_param>?
) -> CInt {
  guard let param = unsafe param?.pointee else { return -EINVAL }
  return unsafe acknowledge(client, param.message_id, param.reason_code, param.prop)
}

private func acknowledge(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ identifier: UInt16, _ reasonCode: UInt8,
  _ given: mqtt_common_ack_properties
) -> CInt {
  unsafe outcome(client, mayPing: false) { (client) throws(MQTTError) in
    let properties = try client.properties { (properties) throws(MQTTError) in try unsafe given.add(to: &properties) }
    // 3.1.1 has no reason codes, as Zephyr's structures have none then.
    let reasonCode = client.configuration.version == .mqtt5 ? ReasonCode(rawValue: reasonCode) : .success
    try client.acknowledge(identifier, reasonCode: reasonCode, properties: properties)
    return 0
  }
}

@c @implementation
public func mqtt_publish_qos2_release(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ param: UnsafePointer<mqtt_pubrel_param>?
) -> CInt {
  guard let identifier = unsafe param?.pointee.message_id else { return -EINVAL }
  return unsafe outcome(client, mayPing: false) { (client) throws(MQTTError) in
    try client.release(identifier)
    return 0
  }
}

@c @implementation
public func mqtt_publish_qos2_complete(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ param: UnsafePointer<mqtt_pubcomp_param>?
) -> CInt {
  guard unsafe param != nil else { return -EINVAL }
  // The client has sent PUBCOMP before it told of PUBREL.
  return unsafe outcome(client) { _ in 0 }
}
