internal import CWestwind
internal import MQTTProtocol
internal import WestwindMQTT

extension MQTTConfiguration {
  /// What a client's structure asks for. Sound: all that it points to is valid during the call.
  init(_ client: mqtt_client) throws(MQTTError) {
    guard let version = MQTTVersion(rawValue: unsafe client.protocol_version) else {
      throw .notSupported(symbol: "the version of MQTT")
    }
    self.init(clientIdentifier: try unsafe client.client_id.text())
    self.version = version
    acknowledgements = .manual
    isCleanStart = unsafe client.clean_session == 1
    keepAlive = unsafe client.keepalive
    userName = try unsafe client.user_name?.pointee.text()
    password = unsafe client.password.map { unsafe Array($0.pointee.bytes) }
    packetBufferSize = unsafe Int(client.rx_buf_size)
    if unsafe client.will_topic != nil { will = try unsafe MQTTWill(client) }
    guard version == .mqtt5 else { return }
    sessionExpiryInterval = unsafe client.prop.session_expiry_interval
    if unsafe client.prop.maximum_packet_size > 0 { maximumPacketSize = unsafe Int(client.prop.maximum_packet_size) }
    if unsafe client.prop.receive_maximum > 0 { limits.incoming = unsafe Int(client.prop.receive_maximum) }
    try unsafe properties.add(.authenticationMethod, client.prop.auth_method)
    try unsafe properties.add(.authenticationData, client.prop.auth_data)
    if unsafe client.prop.request_response_info { try properties.append(.requestResponseInformation, 1) }
    if unsafe !client.prop.request_problem_info { try properties.append(.requestProblemInformation, 0) }
    try unsafe properties.add(client.prop.user_prop)
  }
}

extension MQTTWill {
  /// There is a topic.
  fileprivate init(_ client: mqtt_client) throws(MQTTError) {
    let topic = unsafe client.will_topic.pointee
    guard let qos = unsafe QoS(rawValue: topic.qos) else { throw .invalidArgument(.packet(.violation(.willQoS3))) }
    try unsafe self.init(
      topic: topic.topic.text(), payload: client.will_message.map { unsafe Array($0.pointee.bytes) } ?? [], qos: qos,
      isRetained: client.will_retain == 1)
    guard unsafe client.protocol_version == MQTTVersion.mqtt5.rawValue else { return }
    try unsafe properties.add(.willDelayInterval, client.will_prop.will_delay_interval)
    try unsafe properties.add(.payloadFormatIndicator, client.will_prop.payload_format_indicator)
    try unsafe properties.add(.messageExpiryInterval, client.will_prop.message_expiry_interval)
    try unsafe properties.add(.contentType, client.will_prop.content_type)
    try unsafe properties.add(.responseTopic, client.will_prop.response_topic)
    try unsafe properties.add(.correlationData, client.will_prop.correlation_data)
    try unsafe properties.add(client.will_prop.user_prop)
  }
}
