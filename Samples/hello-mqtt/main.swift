import WestwindMQTT

let url = CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:8080/mqtt"
let transport = MQTTTransport(url: try MQTTURL(url))
let configuration = MQTTConfiguration(clientIdentifier: "hello")
let client = MQTTClient(configuration, transport: transport) { client, event in
  do {
    switch event {
    case .connAck: try client.subscribe("hello/#")
    case .subAck: try client.publish(topic: "hello/world", payload: [1, 2, 3, 10], qos: .exactlyOnce)
    case .publish(let message): print("\(try client.readPublishPayload(maximum: 4096)!), QoS \(message.qos.rawValue)")
    case .pubRel: try client.disconnect()
    case .disconnect(let error): print(error.map { "\($0)" } ?? "goodbye")
    default: break
    }
  } catch {
    print(error)
  }
}
try client.connect(timeout: .seconds(10))
while let descriptor = client.descriptor {
  _ = try descriptor.poll(for: .readable, timeout: .forever)
  try client.input()
}
