// Says what each call answers in a build that was configured without it: a line each, `call: errno, description`.
// `Scripts/switches` builds it so, and compares.

import MQTT
import SocketLayer
import SystemPackage
import WebSocket

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
// Nothing was said to the peer.
try socket.close()
print("sent: \(try peer.recv(maxCount: 100).count) bytes")
try peer.close()
