import MQTT
import MQTTBrokers
import MQTTProtocol
import SocketLayer
import Testing

@Suite struct FarewellTests {
  @Test(arguments: BrokerTransport.allCases.filter { !$0.isSecure })
  func `what was published before DISCONNECT arrives although the client has not read all`(
    transport: BrokerTransport
  ) throws {
    let broker = try ScriptedBroker(transport) { connection in
      if transport.isWebSocket { try connection.upgrade() }
      _ = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules))
      for _ in 0..<20 {
        try connection.write(
          BrokerPacket.publish(connection.rules, topic: "t", payload: [UInt8](repeating: 1, count: 5000)))
      }
      var published = 0
      var hasDisconnected = false
      while let packet = try connection.readPacket() {
        if case .publish = packet { published += 1 }
        if case .disconnect = packet { hasDisconnected = true }
      }
      return hasDisconnected ? published : -1
    }
    let driver = Driver(MQTTConfiguration("ours", .mqtt311), try .loopback(transport, port: broker.port))
    try driver.connect()
    for _ in 0..<50 { try driver.client.publish(topic: "t", payload: [UInt8](repeating: 2, count: 10_000)) }
    try driver.client.disconnect(timeout: .seconds(20))
    #expect(try broker.join() == [50])
  }

  @Test func `a broker that does not close holds a disconnect no longer than its timeout`() throws {
    let broker = try ScriptedBroker(.tcp) { connection in
      _ = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules))
      while try connection.readPacket() != nil {}
      return try connection.hasInput(timeout: .seconds(2))
    }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try .loopback(.tcp, port: broker.port))
    try driver.connect()
    let clock = ContinuousClock()
    let time = try clock.measure { try driver.client.disconnect(timeout: .milliseconds(100)) }
    #expect(time < .seconds(30))
    #expect(driver.inbox.ends.count == 1)
    _ = try broker.join()
  }
}
