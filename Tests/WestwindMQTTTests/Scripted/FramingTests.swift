import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

/// A broker that cuts what it sends into frames as no real one does.
@Suite(.timeLimit(.minutes(10)))
struct FramingTests {
  @Test(arguments: Framing.allCases, [BrokerTransport.tcp, .ws])
  func `nothing is lost however packets are cut and joined`(framing: Framing, transport: BrokerTransport) throws {
    for version in MQTTVersion.allCases {
      var options = EchoBroker.Options()
      options.transport = transport
      options.framing = framing
      options.pingInterval = 3
      let broker = try EchoBroker(options)
      defer { broker.stop() }
      let driver = Driver(MQTTConfiguration("ours", version), try .loopback(transport, port: broker.port), piece: 7)
      try driver.connect()
      try driver.subscribe("echo/#")
      var expected: [[UInt8]] = []
      for i in 0..<30 {
        let payload = pattern(size: [0, 1, 2, 30, 125, 126, 400][i % 7], seed: UInt64(i))
        expected.append(payload)
        #expect(try driver.publish("echo/\(i)", payload, qos: QoS.allCases[i % 3]) == .success)
      }
      let messages = try driver.messages(30)
      #expect(messages.map(\.payload) == expected, "\(version)")
      #expect(messages.enumerated().allSatisfy { $1.topic == "echo/\($0)" && $1.qos == QoS.allCases[$0 % 3] })
      try driver.settle()
      try driver.disconnect()
      #expect(broker.accepted.map(\.payload) == expected)
      broker.stop()
      #expect(broker.violations == [], "\(version)")
    }
  }

  @Test
  func `the packets of a gathered batch leave each in its frame`() throws {
    var options = EchoBroker.Options()
    options.transport = .ws
    let broker = try EchoBroker(options)
    defer { broker.stop() }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try .loopback(.ws, port: broker.port))
    try driver.connect()
    try driver.client.gather { () throws(MQTTError) in
      for i in 0..<500 {
        try driver.client.publish(
          topic: "batch", payload: Array("\(i)".utf8), qos: i % 10 == 0 ? .atLeastOnce : .atMostOnce)
      }
    }
    try driver.run("answers") { driver.inbox.pubAcks.count == 50 }
    try driver.disconnect()
    broker.stop()
    #expect(broker.accepted.map { String(decoding: $0.payload, as: UTF8.self) } == (0..<500).map { "\($0)" })
    #expect(broker.violations == [])
  }

  @Test
  func `each byte in a frame of its own, with a WebSocket ping before each`() throws {
    let broker = try ScriptedBroker(.ws) { connection in
      try connection.upgrade()
      _ = try connection.expectConnect()
      connection.framing = .eachByte
      connection.pingInterval = 1
      try connection.write(BrokerPacket.connAck(connection.rules))
      try connection.write(
        BrokerPacket.publish(
          connection.rules, topic: "a", payload: Array("hello".utf8), qos: .atLeastOnce, identifier: 9))
      let acknowledged = try connection.expect("PUBACK") { packet -> UInt16? in
        if case .acknowledgement(.pubAck, let identifier, _) = packet { identifier } else { nil }
      }
      while try connection.readPacket() != nil {}
      return "\(acknowledged) \(connection.violations) \(connection.pongs.last == connection.lastPing)"
    }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try .loopback(.ws, port: broker.port))
    try driver.connect()
    #expect(try driver.messages(1)[0].text == "hello")
    try driver.run(for: .milliseconds(100))
    try driver.disconnect()
    #expect(try broker.join() == ["9 [] true"])
  }
}
