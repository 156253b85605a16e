// Says what each call answers in a build that was configured without it: a line each, `call: errno, description`.
// `Scripts/switches` builds it so, and compares.

import CWestwind
import Glibc
import SystemPackage
import Westwind
import WestwindC
import WestwindMQTT
import WestwindSockets

func say(_ name: String, _ call: () throws(WebSocketError) -> Void) {
  do throws(WebSocketError) {
    try call()
    print("\(name): works")
  } catch {
    print("\(name): \(error.errno.rawValue), \(error)")
  }
}

let (socket, peer) = try SocketDescriptor.pair()
say("websocketConnect") { () throws(WebSocketError) in
  _ = try websocketConnect(socket, WebSocketRequest(host: "localhost", url: "/"), timeout: .immediate)
}
say("websocketRegister") { () throws(WebSocketError) in _ = try websocketRegister(socket) }
say("websocketUpgrade") { () throws(WebSocketError) in _ = try websocketUpgrade(socket, timeout: .immediate) }
let transport = MQTTTransport.custom { () throws(MQTTError) in throw .notConnected }
let client = MQTTClient(MQTTConfiguration(), transport: transport) { _, _ in }
let agent = MQTTAgent(MQTTAgentConfiguration(MQTTConfiguration()), transport: transport) { _ in }
do { try client.connect() } catch { print("MQTTClient.connect: \(error)") }
do { try agent.start() } catch { print("MQTTAgent.start: \(error)") }

// The C library's functions return what the errors above are in C.
var memory = [UInt8](repeating: 0, count: 64)
memory.withUnsafeMutableBufferPointer { memory in
  "/".withCString { text in
    var request = websocket_request()
    request.host = text
    request.url = text
    request.tmp_buf = memory.baseAddress
    request.tmp_buf_len = memory.count
    print("websocket_connect: \(websocket_connect(socket.rawValue, &request, 0, nil))")
  }
  var client = mqtt_client()
  mqtt_client_init(&client)
  var broker = sockaddr_in()
  broker.sin_family = sa_family_t(AF_INET)
  client.client_id = mqtt_utf8(utf8: memory.baseAddress, size: 0)
  client.clean_session = 1
  (client.rx_buf, client.rx_buf_size) = (memory.baseAddress, 64)
  (client.tx_buf, client.tx_buf_size) = (memory.baseAddress, 64)
  withUnsafePointer(to: &broker) { broker in
    client.broker = UnsafeRawPointer(broker)
    print("mqtt_connect: \(mqtt_connect(&client))")
  }
  print("websocket_register: \(websocket_register(socket.rawValue, memory.baseAddress, memory.count))")
}
func sayWestwind(_ name: String, _ call: (UnsafeMutablePointer<westwind_error>) -> CInt) {
  var failure = westwind_error()
  let code = call(&failure)
  let text = withUnsafeBytes(of: &failure.text) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  print("\(name): \(code), \(text)")
}
let number = socket.rawValue
sayWestwind("westwind_connect_url") { westwind_connect_url("ws://127.0.0.1:1/", nil, 0, $0) }
sayWestwind("westwind_connect") { westwind_connect(number, "localhost", "/", nil, 0, $0) }
sayWestwind("westwind_upgrade") { westwind_upgrade(number, nil, 0, $0) }
print("zsock_socket for TLS: \(zsock_socket(AF_INET, CInt(SOCK_STREAM.rawValue), IPPROTO_TLS_1_2)), errno \(errno)")
print("tls_credential_add: \(tls_credential_add(1, TLS_CREDENTIAL_CA_CERTIFICATE, "", 0))")

// Nothing was said to the peer.
try socket.close()
print("sent: \(try peer.recv(maxCount: 100).count) bytes")
try peer.close()
