import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindTestBrokers
import WestwindTestSupport

/// Messages through brokers that were not written here, to clients and from clients that were not either.
///
/// To amqtt paho comes without a WebSocket: amqtt sends PINGs, which paho 2 answers without a mask, and is thrown out for.
@Suite(.timeLimit(.minutes(10)), brokersAreInstalled)
struct DeliveryTests {
  @Test(arguments: BrokerKind.allCases)
  func `what we publish at each QoS comes to mosquitto_sub and to paho`(kind: BrokerKind) throws {
    try kind.onEachWay { broker, transport, version in
      let plain: BrokerTransport = transport.isSecure ? .tls : .tcp
      let subscriber = try MosquittoSub(broker, plain, version: version.number, filter: "out/#")
      defer { subscriber.terminate() }
      let paho = try PahoPeer(broker, kind == .amqtt ? plain : transport, .named("paho", version))
      defer { paho.terminate() }
      try paho.subscribe("out/#")

      let driver = Driver(MQTTConfiguration("ours", version), try broker.clientTransport(transport))
      try driver.connect()
      for qos in QoS.allCases {
        for i in 0..<10 {
          #expect(try driver.publish("out/\(qos.rawValue)", Array("\(qos) \(i)".utf8), qos: qos) == .success)
        }
      }
      let texts = QoS.allCases.flatMap { qos in (0..<10).map { "\(qos) \($0)" } }
      for messages in [try subscriber.nextMessages(30), try paho.nextMessages(30)] {
        #expect(messages.map(\.text) == texts, "\(kind) \(transport) \(version)")
        #expect(messages.map(\.topic) == (0..<30).map { "out/\($0 / 10)" })
        #expect(messages.allSatisfy { !$0.isRetained })
      }
      try driver.disconnect()
      try paho.disconnect()
    }
  }

  @Test(arguments: BrokerKind.allCases)
  func `what mosquitto_pub and paho publish at each QoS comes to us`(kind: BrokerKind) throws {
    try kind.onEachWay { broker, transport, version in
      let driver = Driver(MQTTConfiguration("ours", version), try broker.clientTransport(transport))
      try driver.connect()
      #expect(try driver.subscribe("in/+", qos: .exactlyOnce) == 2)
      let plain: BrokerTransport = transport.isSecure ? .tls : .tcp
      let paho = try PahoPeer(broker, kind == .amqtt ? plain : transport, .named("paho", version))
      defer { paho.terminate() }
      for qos in QoS.allCases {
        try MosquittoPub.publish(
          broker, plain, version: version.number, topic: "in/pub", lines: ["one", "two", "three"], qos: qos.number)
        // amqtt lets a publisher wait for the subscribers
        let publishing = BlockingThread { try paho.publish("in/paho", "number ", count: 20, qos: qos.number) }
        let messages = try driver.messages(23)
        try publishing.join()
        #expect(messages[..<3].map(\.text) == ["one", "two", "three"], "\(kind) \(transport) \(version)")
        #expect(messages[3...].map(\.text) == (0..<20).map { "number \($0)" })
        // amqtt sends all at the QoS of the subscription
        let expected = kind == .amqtt ? .exactlyOnce : qos
        #expect(messages.allSatisfy { $0.qos == expected && !$0.isRetained && !$0.isDuplicate })
      }
      if kind == .mosquitto {
        // a lower QoS is granted, and given
        #expect(try driver.subscribe("in/+", qos: .atMostOnce) == 0)
        try paho.publish("in/paho", "last", qos: 2)
        #expect(try driver.messages(1).map(\.qos) == [.atMostOnce])
      }
      let identifier = try driver.client.unsubscribe(["in/+"])
      try driver.run("UNSUBACK") { driver.inbox.unsubAcks[identifier] != nil }
      try paho.publish("in/paho", "nobody hears it", qos: 1)
      try driver.settle()
      #expect(driver.inbox.messages.isEmpty)
      try driver.disconnect()
      #expect(driver.inbox.ends.count == 1)
    }
  }

  @Test(arguments: BrokerKind.allCases)
  func `payloads of 0 bytes to 16 MiB come through whole, to us, from us, and from peers`(kind: BrokerKind) throws {
    // around each length that changes the form of a packet's or a frame's header, and of our buffers
    let sizes = [0, 1, 100, 121, 122, 16_379, 65_530, 65_536, 1 << 20, 16 << 20]
    try kind.onEachWay { broker, transport, version in
      // pieces that fit nothing
      let driver = Driver(MQTTConfiguration("ours", version), try broker.clientTransport(transport), piece: 60_007)
      try driver.connect()
      try driver.subscribe("size/#")
      // paho (2.2) reads a packet in 100 pieces at most before it looks at its other work. Where the last of them ends
      // the packet, it deals with the packet when more bytes come: the answer to its PINGREQ.
      var connect = PahoPeer.Connect.named("paho", version)
      connect.keepAlive = 5
      let paho = try PahoPeer(broker, transport.isSecure ? .tls : .tcp, connect)
      defer { paho.terminate() }
      try paho.subscribe("size/ours")
      // mosquitto 2.0 sends over a WebSocket four kilobytes each tenth of a second
      let isSlow = kind == .mosquitto && transport.isWebSocket
      for (number, size) in sizes.enumerated() {
        if isSlow, size == 1 << 20 { try driver.client.unsubscribe(["size/#"]) }
        let comesBack = !isSlow || size < 1 << 20
        let payload = pattern(size: size, seed: UInt64(size))
        let qos = QoS.allCases[number % 3]
        #expect(try driver.publish("size/ours", payload, qos: qos) == .success)
        let there = try paho.nextMessage(timeout: .seconds(60))
        #expect(there.size == size && there.sha256 == sha256(payload), "\(kind) \(transport) \(version)")
        guard comesBack else { continue }
        let back = try driver.messages(1)[0]
        #expect(difference(back.payload, payload) == nil, "\(kind) \(transport) \(version)")
        if size == 122 || size == 16 << 20 {
          try paho.publish("size/paho", payload, qos: qos.number)
          #expect(difference(try driver.messages(1)[0].payload, payload) == nil)
        }
      }
      try driver.disconnect()
    }
  }
}

extension QoS {
  var number: Int { Int(rawValue) }
}
