// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import MQTTProtocol
internal import WestwindMQTT
internal import WestwindPlatform

// Sound in all: see `MQTTPublish.swift`.

@c @implementation
public func mqtt_disconnect(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ param: UnsafePointer<mqtt_disconnect_param>?
) -> CInt {
  unsafe outcome(client) { (client) throws(MQTTError) in
    // 3.1.1 says nothing with it.
    guard client.configuration.version == .mqtt5, let param = unsafe param?.pointee else {
      try client.disconnect()
      return 0
    }
    var properties = MQTTProperties()
    try unsafe properties.add(.sessionExpiryInterval, param.prop.session_expiry_interval)
    try unsafe properties.add(.reasonString, param.prop.reason_string)
    try unsafe properties.add(param.prop.user_prop)
    try unsafe client.disconnect(
      reasonCode: ReasonCode(rawValue: UInt8(truncatingIfNeeded: param.reason_code.rawValue)), properties: properties)
    return 0
  }
}

@c @implementation
public func mqtt_abort(_ client: UnsafeMutablePointer<mqtt_client>?) -> CInt {
  guard unsafe client != nil else { return -EINVAL }
  // Without a connection there is nothing to close.
  _ = unsafe outcome(client) { client in
    client.abort()
    return 0
  }
  return 0
}

@c @implementation
public func mqtt_auth(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ param: UnsafePointer<mqtt_auth_param>?
) -> CInt {
  guard let param = unsafe param?.pointee else { return -EINVAL }
  return unsafe outcome(client) { (client) throws(MQTTError) in
    guard client.configuration.version == .mqtt5 else { return -ENOTSUP }
    var properties = MQTTProperties()
    try unsafe properties.add(.authenticationMethod, param.prop.auth_method)
    try unsafe properties.add(.authenticationData, param.prop.auth_data)
    try unsafe properties.add(.reasonString, param.prop.reason_string)
    try unsafe properties.add(param.prop.user_prop)
    try unsafe client.authenticate(
      ReasonCode(rawValue: UInt8(truncatingIfNeeded: param.reason_code.rawValue)), properties: properties)
    return 0
  }
}
