// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import MQTTProtocol
internal import WestwindMQTT
internal import WestwindPlatform

// Sound in both: see `MQTTPublish.swift`.

@c @implementation
public func mqtt_subscribe(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ param: UnsafePointer<mqtt_subscription_list>?
) -> CInt {
  guard let param = unsafe param, unsafe param.pointee.list != nil else { return -EINVAL }
  return unsafe outcome(client) { (client) throws(MQTTError) in
    var subscriptions: [MQTTSubscription] = []
    let topics = unsafe param.pointee.topics
    for i in topics.indices {
      guard let qos = unsafe QoS(rawValue: topics[i].qos) else { return -EINVAL }
      subscriptions.append(MQTTSubscription(try unsafe topics[i].topic.text(), qos: qos))
    }
    let properties = try client.properties { (properties) throws(MQTTError) in
      try unsafe properties.add(.subscriptionIdentifier, param.pointee.prop.subscription_identifier)
      try unsafe properties.add(param.pointee.prop.user_prop)
    }
    try unsafe client.subscribe(subscriptions, properties: properties, identifier: param.pointee.message_id)
    return 0
  }
}

@c @implementation
public func mqtt_unsubscribe(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ param: UnsafePointer<mqtt_subscription_list>?
) -> CInt {
  guard let param = unsafe param, unsafe param.pointee.list != nil else { return -EINVAL }
  return unsafe outcome(client) { (client) throws(MQTTError) in
    var filters: [String] = []
    let topics = unsafe param.pointee.topics
    for i in topics.indices { filters.append(try unsafe topics[i].topic.text()) }
    let properties = try client.properties { (properties) throws(MQTTError) in
      try unsafe properties.add(param.pointee.prop.user_prop)
    }
    try unsafe client.unsubscribe(filters, properties: properties, identifier: param.pointee.message_id)
    return 0
  }
}

extension mqtt_subscription_list {
  fileprivate var topics: UnsafeBufferPointer<mqtt_topic> {
    unsafe UnsafeBufferPointer(start: list, count: Int(list_count))
  }
}
