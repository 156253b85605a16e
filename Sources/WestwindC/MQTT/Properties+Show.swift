internal import CWestwind
internal import MQTTProtocol

// What a packet's properties are in Zephyr's structures. Sound in all: see `mqtt_utf8.init(showing:)`.

extension PropertyList {
  /// Puts a number where it belongs.
  ///
  /// - Returns: whether the packet has it.
  func show<N: FixedWidthInteger>(_ id: PropertyID, _ place: inout N) -> Bool {
    guard let number = integer(id) else { return false }
    place = N(truncatingIfNeeded: number)
    return true
  }

  func show(_ id: PropertyID, _ place: inout mqtt_utf8) -> Bool {
    guard let text = bytes(id) else { return false }
    unsafe place = mqtt_utf8(showing: text)
    return true
  }

  func show(_ id: PropertyID, _ place: inout mqtt_binstr) -> Bool {
    guard let data = bytes(id) else { return false }
    unsafe place = mqtt_binstr(showing: data)
    return true
  }

  /// As many as there is room for.
  func showUserProperties(_ place: inout UserProperties) -> Bool {
    var count = 0
    // Sound: a tuple of one type lies in memory as an array of it does.
    unsafe withUnsafeMutableBytes(of: &place) { bytes in
      let pairs = unsafe bytes.bindMemory(to: mqtt_utf8_pair.self)
      var reader = makeReader()
      while count < pairs.count, let property = reader.next() {
        guard case .pair(_, let name, let value) = property else { continue }
        unsafe pairs[count] = mqtt_utf8_pair(name: mqtt_utf8(showing: name), value: mqtt_utf8(showing: value))
        count += 1
      }
    }
    return count > 0
  }
}

extension mqtt_common_ack_properties {
  init(showing list: borrowing PropertyList) {
    unsafe self.init()
    unsafe rx.has_reason_string = list.show(.reasonString, &reason_string)
    unsafe rx.has_user_prop = list.showUserProperties(&user_prop)
  }
}

extension mqtt_connack_param {
  init(showing packet: borrowing ConnAckPacket) {
    unsafe self.init()
    unsafe session_present_flag = packet.isSessionPresent ? 1 : 0
    unsafe return_code = packet.code
    let list = packet.properties
    unsafe prop.rx.has_session_expiry_interval = list.show(.sessionExpiryInterval, &prop.session_expiry_interval)
    unsafe prop.rx.has_receive_maximum = list.show(.receiveMaximum, &prop.receive_maximum)
    unsafe prop.rx.has_maximum_qos = list.show(.maximumQoS, &prop.maximum_qos)
    unsafe prop.rx.has_retain_available = list.show(.retainAvailable, &prop.retain_available)
    unsafe prop.rx.has_maximum_packet_size = list.show(.maximumPacketSize, &prop.maximum_packet_size)
    unsafe prop.rx.has_assigned_client_id = list.show(.assignedClientIdentifier, &prop.assigned_client_id)
    unsafe prop.rx.has_topic_alias_maximum = list.show(.topicAliasMaximum, &prop.topic_alias_maximum)
    unsafe prop.rx.has_reason_string = list.show(.reasonString, &prop.reason_string)
    unsafe prop.rx.has_user_prop = list.showUserProperties(&prop.user_prop)
    unsafe prop.rx.has_wildcard_sub_available = list.show(
      .wildcardSubscriptionAvailable, &prop.wildcard_sub_available)
    unsafe prop.rx.has_subscription_ids_available = list.show(
      .subscriptionIdentifierAvailable, &prop.subscription_ids_available)
    unsafe prop.rx.has_shared_sub_available = list.show(.sharedSubscriptionAvailable, &prop.shared_sub_available)
    unsafe prop.rx.has_server_keep_alive = list.show(.serverKeepAlive, &prop.server_keep_alive)
    unsafe prop.rx.has_response_information = list.show(.responseInformation, &prop.response_information)
    unsafe prop.rx.has_server_reference = list.show(.serverReference, &prop.server_reference)
    unsafe prop.rx.has_auth_method = list.show(.authenticationMethod, &prop.auth_method)
    unsafe prop.rx.has_auth_data = list.show(.authenticationData, &prop.auth_data)
  }
}

extension mqtt_publish_param {
  init(showing packet: borrowing PublishPacket) {
    unsafe self.init()
    unsafe message.topic.topic = mqtt_utf8(showing: packet.topic)
    unsafe message.topic.qos = packet.qos.rawValue
    unsafe message.payload.len = UInt32(packet.payloadLength)
    unsafe message_id = packet.identifier
    unsafe dup_flag = packet.isDuplicate ? 1 : 0
    unsafe retain_flag = packet.isRetained ? 1 : 0
    let list = packet.properties
    guard !list.isEmpty else { return }
    unsafe prop.rx.has_payload_format_indicator = list.show(.payloadFormatIndicator, &prop.payload_format_indicator)
    unsafe prop.rx.has_message_expiry_interval = list.show(.messageExpiryInterval, &prop.message_expiry_interval)
    unsafe prop.rx.has_topic_alias = list.show(.topicAlias, &prop.topic_alias)
    unsafe prop.rx.has_response_topic = list.show(.responseTopic, &prop.response_topic)
    unsafe prop.rx.has_correlation_data = list.show(.correlationData, &prop.correlation_data)
    unsafe prop.rx.has_user_prop = list.showUserProperties(&prop.user_prop)
    unsafe prop.rx.has_content_type = list.show(.contentType, &prop.content_type)
    unsafe prop.rx.has_subscription_identifier = showSubscriptionIdentifiers(of: list)
  }

  /// As many as there is room for.
  private mutating func showSubscriptionIdentifiers(of list: borrowing PropertyList) -> Bool {
    var count = 0
    // Sound: a tuple of one type lies in memory as an array of it does.
    unsafe withUnsafeMutableBytes(of: &prop.subscription_identifier) { bytes in
      let numbers = unsafe bytes.bindMemory(to: UInt32.self)
      var reader = list.makeReader()
      while count < numbers.count, let property = reader.next() {
        guard case .integer(.subscriptionIdentifier, let number) = property else { continue }
        unsafe numbers[count] = number
        count += 1
      }
    }
    return count > 0
  }
}

extension mqtt_disconnect_param {
  init(showing code: ReasonCode, _ list: borrowing PropertyList) {
    unsafe self.init()
    unsafe reason_code = mqtt_disconnect_reason(UInt32(code.rawValue))
    unsafe prop.rx.has_reason_string = list.show(.reasonString, &prop.reason_string)
    unsafe prop.rx.has_server_reference = list.show(.serverReference, &prop.server_reference)
    unsafe prop.rx.has_user_prop = list.showUserProperties(&prop.user_prop)
  }
}

extension mqtt_auth_param {
  init(showing packet: borrowing AuthPacket) {
    unsafe self.init()
    unsafe reason_code = mqtt_auth_reason(UInt32(packet.reasonCode.rawValue))
    let list = packet.properties
    unsafe prop.rx.has_auth_method = list.show(.authenticationMethod, &prop.auth_method)
    unsafe prop.rx.has_auth_data = list.show(.authenticationData, &prop.auth_data)
    unsafe prop.rx.has_reason_string = list.show(.reasonString, &prop.reason_string)
    unsafe prop.rx.has_user_prop = list.showUserProperties(&prop.user_prop)
  }
}
