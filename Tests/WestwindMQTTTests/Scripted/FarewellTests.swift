import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

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

  @Test(arguments: [BrokerTransport.tcp, .ws])
  func `DISCONNECT's properties reach the application`(transport: BrokerTransport) throws {
    let broker = try ScriptedBroker(transport) { connection in
      if transport.isWebSocket { try connection.upgrade() }
      _ = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules))
      try connection.write(BrokerPacket.disconnect(connection.rules, .serverMoved, properties: farewell()))
      return try connection.awaitEnd()
    }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try .loopback(transport, port: broker.port))
    // it may come with CONNACK
    #expect(throws: MQTTError.self) {
      try driver.connect()
      try driver.run("end") { false }
    }
    guard driver.inbox.ends.count == 1, case .disconnected(.serverMoved, let properties)? = driver.inbox.ends[0] else {
      Issue.record("\(driver.inbox.ends)")
      return
    }
    #expect(properties.text(.reasonString) == "we move")
    #expect(properties.text(.serverReference) == "other.example:8883")
    #expect(properties.userProperties.map { "\($0)=\($1)" } == ["a=1", "a=2"])
    #expect(properties.integer(.sessionExpiryInterval) == nil && properties.text(.contentType) == nil)
    #expect(
      "\(MQTTError.disconnected(.serverMoved, properties: properties))"
        == "the broker ended the connection: server moved (0x9D): we move: other.example:8883")
    #expect(try broker.join() == [true])
  }

  @Test func `the properties of a CONNACK that refuses are in its error, for an agent's application too`() throws {
    let broker = try ScriptedBroker(.tcp) { connection in
      _ = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules, code: 0x9C, properties: farewell()))
      return try connection.awaitEnd()
    }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try .loopback(.tcp, port: broker.port))
    #expect(throws: (any Error).self) { try driver.connect() }
    guard case .connectionRefused(.useAnotherServer, .mqtt5, let properties)? = driver.inbox.ends.last ?? nil else {
      Issue.record("\(driver.inbox.ends)")
      return
    }
    #expect(properties.text(.serverReference) == "other.example:8883" && properties.userProperties.count == 2)
    #expect(try broker.join() == [true])
  }

  @Test func `a broker's DISCONNECT may not say how long the session is kept`() throws {
    // not by the codec, which would refuse to write it
    let bytes: [UInt8] = [0xE0, 7, 0, 5, 0x11, 0, 0, 0, 9]
    let broker = try ScriptedBroker(.tcp) { connection in
      _ = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules))
      try connection.write(bytes)
      return try connection.awaitEnd()
    }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try .loopback(.tcp, port: broker.port))
    // it may come with CONNACK
    #expect(throws: MQTTError.self) {
      try driver.connect()
      try driver.run("end") { false }
    }
    guard case .violation(.propertyNotAllowed(.sessionExpiryInterval))? = driver.inbox.ends.last ?? nil else {
      Issue.record("\(driver.inbox.ends)")
      return
    }
    _ = try broker.join()
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

/// A reason string, another server, and two user properties of the same name.
private func farewell() throws -> [UInt8] {
  var properties = MQTTProperties()
  try properties.append(.reasonString, "we move")
  try properties.appendUserProperty(name: "a", value: "1")
  try properties.append(.serverReference, "other.example:8883")
  try properties.appendUserProperty(name: "a", value: "2")
  return properties.list.encoded.array
}
