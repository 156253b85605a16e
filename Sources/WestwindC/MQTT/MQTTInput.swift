// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import WestwindMQTT
internal import WestwindPlatform
internal import WestwindSockets

// Sound in all: the program says how much room there is at its pointers, and no more is written.

@c @implementation
public func mqtt_input(_ client: UnsafeMutablePointer<mqtt_client>?) -> CInt {
  unsafe outcome(client) { (client) throws(MQTTError) in
    try client.input()
    return 0
  }
}

@c @implementation
public func mqtt_read_publish_payload(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ buffer: UnsafeMutableRawPointer?, _ length: Int
) -> CInt {
  unsafe read(client, buffer, length, timeout: .immediate)
}

@c @implementation
public func mqtt_read_publish_payload_blocking(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ buffer: UnsafeMutableRawPointer?, _ length: Int
) -> CInt {
  unsafe read(client, buffer, length, timeout: .forever)
}

private func read(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ buffer: UnsafeMutableRawPointer?, _ length: Int, timeout: Timeout
) -> CInt {
  guard unsafe buffer != nil, length != 0 else { return -EINVAL }
  return unsafe outcome(client) { (client) throws(MQTTError) in
    // A `size_t` may say more than the `int` that is returned.
    let count = Int(CInt(clamping: UInt(bitPattern: length)))
    var room = unsafe OutputRawSpan(
      buffer: UnsafeMutableRawBufferPointer(start: buffer, count: count), initializedCount: 0)
    return CInt(try client.readPublishPayload(into: &room, timeout: timeout))
  }
}

@c @implementation
public func mqtt_readall_publish_payload(
  _ client: UnsafeMutablePointer<mqtt_client>?, _ buffer: UnsafeMutablePointer<UInt8>?, _ length: Int
) -> CInt {
  guard length >= 0, unsafe buffer != nil || length == 0 else { return -EINVAL }
  return unsafe outcome(client) { (client) throws(MQTTError) in
    var room = unsafe OutputRawSpan(
      buffer: UnsafeMutableRawBufferPointer(start: buffer, count: length), initializedCount: 0)
    while !room.isFull {
      guard try client.readPublishPayload(into: &room, timeout: .forever) > 0 else { return -EIO }
    }
    return 0
  }
}
