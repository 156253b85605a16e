// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import WestwindMQTT
internal import WestwindPlatform

// Sound in all: the program's pointer is to a structure that `mqtt_client_init` made, or NULL.

@c @implementation
public func mqtt_ping(_ client: UnsafeMutablePointer<mqtt_client>?) -> CInt {
  unsafe outcome(client) { (client) throws(MQTTError) in
    try client.ping()
    return 0
  }
}

@c @implementation
public func mqtt_live(_ client: UnsafeMutablePointer<mqtt_client>?) -> CInt {
  unsafe outcome(client) { (client) throws(MQTTError) in try client.live() ? 0 : -EAGAIN }
}

@c @implementation
public func mqtt_keepalive_time_left(_ client: UnsafePointer<mqtt_client>?) -> CInt {
  // Only the mutex is written to.
  let left = unsafe outcome(UnsafeMutablePointer(mutating: client)) { mqtt in
    mqtt.keepAliveTimeLeft.map { CInt(clamping: $0) } ?? -1
  }
  return left == -ENOTCONN ? -1 : left
}
