import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

/// What MQTT 5.0 brought, through mosquitto, with paho on the other side.
@Suite(.timeLimit(.minutes(10)), brokersAreInstalled)
struct Version5Tests {
  @Test(arguments: BrokerTransport.allCases)
  func `properties of a message arrive as they were given, both ways`(transport: BrokerTransport) throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let paho = try PahoPeer(broker, .tcp, .named("paho", .mqtt5))
    defer { paho.terminate() }
    try paho.subscribe("out")
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try broker.clientTransport(transport))
    try driver.connect()
    var identifier = MQTTProperties()
    try identifier.append(.subscriptionIdentifier, 4711)
    try driver.subscribe("in", properties: identifier)

    var properties = MQTTProperties()
    try properties.append(.contentType, "text/plain")
    try properties.append(.responseTopic, "answers")
    try properties.append(.correlationData, Array("number 1".utf8))
    try properties.append(.messageExpiryInterval, 1000)
    try properties.append(.payloadFormatIndicator, 1)
    try properties.appendUserProperty(name: "a", value: "1")
    try properties.appendUserProperty(name: "a", value: "2")
    try driver.publish("out", Array("é".utf8), qos: .atLeastOnce, properties: properties)
    let there = try paho.nextMessage()
    #expect(there.properties["ContentType"] == "text/plain")
    #expect(there.properties["ResponseTopic"] == "answers")
    #expect(there.properties["CorrelationData"] == "number 1")
    #expect(there.properties["PayloadFormatIndicator"] == 1)
    #expect(there.properties["UserProperty"] == [["a", "1"], ["a", "2"]])
    #expect((900...1000).contains(there.properties["MessageExpiryInterval"]?.number ?? 0))

    try paho.publish(
      "in", "x", qos: 2,
      properties: ["ContentType": "text/html", "CorrelationData": "number 2", "MessageExpiryInterval": 500])
    let message = try driver.messages(1)[0]
    #expect(message.contentType == "text/html" && message.correlation == Array("number 2".utf8))
    #expect(message.subscriptionIdentifier == 4711)
    #expect((400...500).contains(message.messageExpiry ?? 0))
    try driver.disconnect()
  }

  @Test(arguments: BrokerTransport.allCases)
  func `a shared subscription gives each message to one of its clients`(transport: BrokerTransport) throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let one = Driver(MQTTConfiguration("one", .mqtt5), try broker.clientTransport(transport))
    let two = Driver(MQTTConfiguration("two", .mqtt5), try broker.clientTransport(transport))
    for driver in [one, two] {
      try driver.connect()
      #expect(try driver.subscribe("$share/group/jobs/#", qos: .atLeastOnce) == 1)
    }
    try MosquittoPub.publish(broker, topic: "jobs/1", lines: (0..<40).map { "\($0)" }, qos: 1)
    let deadline = ContinuousClock.now + Driver.patience
    while one.inbox.messages.count + two.inbox.messages.count < 40, .now < deadline {
      try one.step(timeout: .milliseconds(20))
      try two.step(timeout: .milliseconds(20))
    }
    let all = one.inbox.messages + two.inbox.messages
    #expect(all.map(\.text).sorted() == (0..<40).map { "\($0)" }.sorted())
    #expect(!one.inbox.messages.isEmpty && !two.inbox.messages.isEmpty)
    try one.disconnect()
    try two.disconnect()
  }

  @Test(arguments: BrokerTransport.allCases)
  func `topic aliases go both ways, as many as the other side takes`(transport: BrokerTransport) throws {
    var options = MosquittoOptions()
    options.maxTopicAlias = 3
    options.logsPackets = true
    let broker = try Mosquitto(options)
    defer { broker.terminate() }
    let paho = try PahoPeer(broker, .tcp, .named("paho", .mqtt5))
    defer { paho.terminate() }
    try paho.subscribe("a/#")
    var configuration = MQTTConfiguration("ours", .mqtt5)
    configuration.usesTopicAliases = true
    let driver = Driver(configuration, try broker.clientTransport(transport))
    #expect(try driver.connect().topicAliasMaximum == 3)
    try driver.subscribe("a/#")
    // more topics than aliases, each again and again
    let topics = (0..<30).map { "a/\($0 % 5)/which is long enough to be worth an alias" }
    for (i, topic) in topics.enumerated() {
      try driver.publish(topic, Array("\(i)".utf8), qos: QoS.allCases[i % 3])
    }
    let there = try paho.nextMessages(30)
    let here = try driver.messages(30)
    #expect(Set(there.map { "\($0.topic) \($0.text)" }) == Set(topics.enumerated().map { "\($1) \($0)" }))
    #expect(Set(here.map { "\($0.topic) \($0.text)" }) == Set(topics.enumerated().map { "\($1) \($0)" }))
    try driver.disconnect()
  }

  @Test(arguments: BrokerTransport.allCases)
  func `no more messages are on their way than the broker takes`(transport: BrokerTransport) throws {
    var options = MosquittoOptions()
    options.maxInflightMessages = 5
    let broker = try Mosquitto(options)
    defer { broker.terminate() }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try broker.clientTransport(transport))
    #expect(try driver.connect().receiveMaximum == 5)
    try driver.subscribe("flow")
    for round in 0..<4 {
      let qos: QoS = round % 2 == 0 ? .atLeastOnce : .exactlyOnce
      var sent = 0
      while driver.client.canPublish, sent < 100 {
        try driver.client.publish(topic: "flow", payload: Array("\(round) \(sent)".utf8), qos: qos)
        sent += 1
      }
      #expect(sent == 5)
      #expect(throws: MQTTError.self) { try driver.client.publish(topic: "flow", payload: [], qos: qos) }
      #expect(try driver.messages(5).map(\.text) == (0..<5).map { "\(round) \($0)" })
      try driver.settle()
    }
    #expect(driver.inbox.ends.isEmpty)
    try driver.disconnect()
  }

  @Test(arguments: BrokerTransport.allCases)
  func `messages are answered when the application says so, in their order`(transport: BrokerTransport) throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    var configuration = MQTTConfiguration("ours", .mqtt5)
    configuration.acknowledgements = .manual
    configuration.isCleanStart = false
    configuration.sessionExpiryInterval = 600
    let driver = Driver(configuration, try broker.clientTransport(transport))
    try driver.connect()
    try driver.subscribe("manual")
    try MosquittoPub.publish(broker, topic: "manual", lines: (0..<9).map { "\($0)" }, qos: 1)
    #expect(try driver.messages(9).map(\.text) == (0..<9).map { "\($0)" })
    let identifiers = driver.inbox.identifiers
    #expect(throws: MQTTError.self) { try driver.client.acknowledge(identifiers[1]) }
    for identifier in identifiers.prefix(5) { try driver.client.acknowledge(identifier) }
    try driver.settle()
    try driver.disconnect()
    // those that were not answered come again, and say so
    try driver.connect()
    let again = try driver.messages(4)
    #expect(again.map(\.text) == ["5", "6", "7", "8"] && again.allSatisfy { $0.isDuplicate })
    try driver.disconnect()
  }

  @Test
  func `the broker's keep alive is kept, and its limits are told`() throws {
    var options = MosquittoOptions()
    options.maxKeepAlive = 10
    options.maxPacketSize = 2000
    options.maxQoS = 1
    options.retainAvailable = false
    let broker = try Mosquitto(options)
    defer { broker.terminate() }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try broker.clientTransport(.tcp))
    #expect(try driver.connect().serverKeepAlive == 10)
    #expect(throws: MQTTError.self) { try driver.client.publish(topic: "a", payload: [], qos: .exactlyOnce) }
    #expect(throws: MQTTError.self) {
      try driver.client.publish(topic: "a", payload: [UInt8](repeating: 0, count: 2000), qos: .atMostOnce)
    }
    #expect(throws: MQTTError.self) { try driver.client.publish(topic: "a", payload: [1], isRetained: true) }
    // PINGREQ after nine seconds of silence; mosquitto would end the connection after fifteen
    try driver.run(for: .seconds(16))
    #expect(driver.inbox.pingResponses >= 1)
    #expect(driver.inbox.ends.isEmpty)
    try driver.disconnect()
  }

  @Test(arguments: BrokerTransport.allCases, MQTTVersion.allCases)
  func `a wrong password and a right one`(transport: BrokerTransport, version: MQTTVersion) throws {
    var options = MosquittoOptions()
    options.passwords = ["me": "secret"]
    let broker = try Mosquitto(options)
    defer { broker.terminate() }
    var configuration = MQTTConfiguration("ours", version)
    configuration.userName = "me"
    configuration.password = Array("wrong".utf8)
    let refused = Driver(configuration, try broker.clientTransport(transport))
    #expect(throws: (any Error).self) { try refused.connect() }
    #expect(refused.inbox.connAck?.reasonCode.rawValue == (version == .mqtt5 ? 135 : 5))
    guard case .connectionRefused? = refused.inbox.ends.last ?? nil else {
      Issue.record("it ended by \(refused.inbox.ends)")
      return
    }
    configuration.password = Array("secret".utf8)
    let driver = Driver(configuration, try broker.clientTransport(transport))
    try driver.connect()
    try driver.disconnect()
  }
}
