internal import CWestwind
internal import MQTTProtocol
internal import SystemPackage
internal import WestwindMQTT

/// Tells a program what its client tells. While there is no connection, which is also while `mqtt_connect` makes one, there
/// is nothing to tell.
func tell(_ event: borrowing MQTTEvent, to owner: UnsafeMutablePointer<mqtt_client>) {
  guard let connection = unsafe Connection.of(owner) else { return }
  var shown = unsafe mqtt_evt()
  switch event {
  case .connAck(let packet, _):
    unsafe shown.type = MQTT_EVT_CONNACK
    unsafe shown.param.connack = mqtt_connack_param(showing: packet)
    unsafe shown.result = CInt(packet.code)
  case .publish(let packet):
    unsafe shown.type = MQTT_EVT_PUBLISH
    unsafe shown.param.publish = mqtt_publish_param(showing: packet)
  case .pubAck(let packet):
    unsafe shown.type = MQTT_EVT_PUBACK
    unsafe shown.param.puback = mqtt_puback_param(
      message_id: packet.identifier, reason_code: packet.reasonCode.rawValue,
      prop: mqtt_common_ack_properties(showing: packet.properties))
  case .pubRec(let packet):
    unsafe shown.type = MQTT_EVT_PUBREC
    unsafe shown.param.pubrec = mqtt_pubrec_param(
      message_id: packet.identifier, reason_code: packet.reasonCode.rawValue,
      prop: mqtt_common_ack_properties(showing: packet.properties))
  case .pubRel(let packet):
    unsafe shown.type = MQTT_EVT_PUBREL
    unsafe shown.param.pubrel = mqtt_pubrel_param(
      message_id: packet.identifier, reason_code: packet.reasonCode.rawValue,
      prop: mqtt_common_ack_properties(showing: packet.properties))
  case .pubComp(let packet):
    unsafe shown.type = MQTT_EVT_PUBCOMP
    unsafe shown.param.pubcomp = mqtt_pubcomp_param(
      message_id: packet.identifier, reason_code: packet.reasonCode.rawValue,
      prop: mqtt_common_ack_properties(showing: packet.properties))
  case .subAck(let packet):
    unsafe shown.type = MQTT_EVT_SUBACK
    unsafe shown.param.suback = mqtt_suback_param(
      message_id: packet.identifier, return_codes: mqtt_binstr(showing: packet.reasonCodes),
      prop: mqtt_common_ack_properties(showing: packet.properties))
  case .unsubAck(let packet):
    unsafe shown.type = MQTT_EVT_UNSUBACK
    unsafe shown.param.unsuback = mqtt_unsuback_param(
      message_id: packet.identifier, reason_codes: mqtt_binstr(showing: packet.reasonCodes),
      prop: mqtt_common_ack_properties(showing: packet.properties))
  case .pingResp:
    unsafe shown.type = MQTT_EVT_PINGRESP
    unsafe connection.showPings(owner)
  case .auth(let packet, _):
    unsafe shown.type = MQTT_EVT_AUTH
    unsafe shown.param.auth = mqtt_auth_param(showing: packet)
  // a message of a connection before, of which this client knows nothing
  case .abandoned: return
  case .disconnect(let error):
    // first, since the program may connect again in its callback
    unsafe connection.end(owner)
    return unsafe tellDisconnect(error, to: owner)
  }
  unsafe owner.pointee.evt_cb?(owner, &shown)
}

private func tellDisconnect(_ error: MQTTError?, to owner: UnsafeMutablePointer<mqtt_client>) {
  var shown = unsafe mqtt_evt()
  unsafe shown.type = MQTT_EVT_DISCONNECT
  unsafe shown.result = -(error?.code.rawValue ?? 0)
  guard case .disconnected(let reasonCode, let properties) = error else {
    unsafe owner.pointee.evt_cb?(owner, &shown)
    return
  }
  unsafe shown.param.disconnect = mqtt_disconnect_param(showing: reasonCode, properties.list)
  // keeps the bytes until the callback has returned
  withExtendedLifetime(properties) { unsafe owner.pointee.evt_cb?(owner, &shown) }
}
