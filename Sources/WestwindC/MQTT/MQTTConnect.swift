// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import SystemPackage
internal import WestwindConfiguration
internal import WestwindMQTT
internal import WestwindPlatform
internal import WestwindSockets

// Sound in all: the program's pointers are to structures of the types that the header says, or NULL.

@c @implementation
public func mqtt_client_init(_ client: UnsafeMutablePointer<mqtt_client>?) {
  guard let client = unsafe client else { return }
  unsafe client.initialize(to: mqtt_client())
  var attributes = pthread_mutexattr_t()
  unsafe pthread_mutexattr_init(&attributes)
  // The callback calls functions, too.
  unsafe pthread_mutexattr_settype(&attributes, CInt(PTHREAD_MUTEX_RECURSIVE))
  unsafe pthread_mutex_init(&client.pointee.internal.mutex, &attributes)
  unsafe pthread_mutexattr_destroy(&attributes)
  let defaults = MQTTConfiguration()
  unsafe client.pointee.protocol_version = defaults.version.rawValue
  unsafe client.pointee.keepalive = defaults.keepAlive
  unsafe client.pointee.clean_session = defaults.isCleanStart ? 1 : 0
  unsafe client.pointee.prop.request_problem_info = true
  unsafe client.pointee.transport.tcp.sock = -1
  unsafe client.pointee.transport.websocket.sock = -1
}

@c @implementation
public func mqtt_connect(_ client: UnsafeMutablePointer<mqtt_client>?) -> CInt {
  guard let client = unsafe client, unsafe client.pointee.client_id.utf8 != nil else { return -EINVAL }
  return unsafe locked(client) {
    guard unsafe Connection.of(client) == nil else { return -EISCONN }
    guard unsafe client.pointee.rx_buf != nil && client.pointee.rx_buf_size > 0,
      unsafe client.pointee.tx_buf != nil && client.pointee.tx_buf_size > 0
    else { return -ENOMEM }
    var way: Way?
    do throws(MQTTError) {
      let configuration = try unsafe MQTTConfiguration(client.pointee)
      way = try unsafe Way(client)
      let mqtt = MQTTClient(configuration, transport: way!.transport, store: NoStore()) { _, event in
        unsafe tell(event, to: client)
      }
      try mqtt.connect(timeout: way!.timeout)
      let isCustom = unsafe client.pointee.transport.type == MQTT_TRANSPORT_CUSTOM
      unsafe Connection(mqtt, isCustom: isCustom).begin(client)
      return 0
    } catch {
      // The number of the WebSocket's `cb` goes back to the program.
      return way?.handshake?.refusal ?? -error.code.rawValue
    }
  }
}
