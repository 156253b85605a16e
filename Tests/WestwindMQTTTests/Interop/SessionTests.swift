import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindTestBrokers
import WestwindTestSupport

/// What a broker keeps: retained messages, wills, sessions.
@Suite(.timeLimit(.minutes(10)), brokersAreInstalled)
struct SessionTests {
  @Test(arguments: BrokerKind.allCases)
  func `a retained message comes to who subscribes later, until an empty one`(kind: BrokerKind) throws {
    try kind.onEachWay { broker, transport, version in
      let driver = Driver(MQTTConfiguration("ours", version), try broker.clientTransport(transport))
      try driver.connect()
      try driver.publish("kept/ours", Array("first".utf8), qos: .atLeastOnce, isRetained: true)
      try driver.publish("kept/ours", Array("ours".utf8), qos: .exactlyOnce, isRetained: true)
      try MosquittoPub.publish(
        broker, version: version.number, topic: "kept/theirs", payload: Array("theirs".utf8), qos: 1, retain: true)
      try driver.subscribe("kept/+")
      let messages = try driver.messages(2).sorted { $0.topic < $1.topic }
      #expect(messages.map(\.text) == ["ours", "theirs"], "\(kind) \(transport) \(version)")
      #expect(messages.allSatisfy { $0.isRetained })
      let subscriber = try MosquittoSub(broker, version: version.number, filter: "kept/ours")
      defer { subscriber.terminate() }
      let seen = try subscriber.nextMessage()
      #expect(seen.text == "ours" && seen.isRetained)

      for topic in ["kept/ours", "kept/theirs"] { try driver.publish(topic, [], qos: .atLeastOnce, isRetained: true) }
      // they come as messages of now, to who is subscribed
      let empty = try driver.messages(2)
      #expect(empty.allSatisfy { $0.payload.isEmpty && !$0.isRetained })
      let other = Driver(MQTTConfiguration("other", version), try broker.clientTransport(transport))
      try other.connect()
      try other.subscribe("kept/+")
      try other.settle()
      #expect(other.inbox.messages.isEmpty)
      try other.disconnect()
      try driver.disconnect()
    }
  }

  @Test(arguments: BrokerKind.allCases)
  func `the will comes where the connection is cut, and not after DISCONNECT`(kind: BrokerKind) throws {
    try kind.onEachWay { broker, transport, version in
      let subscriber = try MosquittoSub(broker, version: version.number, filter: "will/#")
      defer { subscriber.terminate() }
      var configuration = MQTTConfiguration("ours", version)
      configuration.will = MQTTWill(topic: "will/ours", payload: Array("gone".utf8), qos: .atLeastOnce)
      let driver = Driver(configuration, try broker.clientTransport(transport))
      try driver.connect()
      try driver.disconnect()
      try driver.connect()
      driver.client.abort()
      #expect(driver.inbox.ends.count == 2)
      let message = try subscriber.nextMessage()
      #expect(message.topic == "will/ours" && message.text == "gone" && message.qos == 1)
      // the one after DISCONNECT would have come before
      try MosquittoPub.publish(broker, version: version.number, topic: "will/end", payload: Array("end".utf8))
      #expect(try subscriber.nextMessage().text == "end", "\(kind) \(transport) \(version)")
    }
  }

  // amqtt forgets what comes while a client is away.
  @Test
  func `a session is kept over a reconnect, with what came meanwhile`() throws {
    try BrokerKind.mosquitto.onEachWay { broker, transport, version in
      var configuration = MQTTConfiguration("kept-\(transport)-\(version)", version)
      configuration.isCleanStart = false
      configuration.sessionExpiryInterval = 600
      let driver = Driver(configuration, try broker.clientTransport(transport))
      #expect(try !driver.connect().isSessionPresent)
      try driver.subscribe("session/+")
      let paho = try PahoPeer(broker, .tcp, .named("paho", version))
      defer { paho.terminate() }
      for round in 0..<3 {
        if round == 1 { driver.client.abort() } else { try driver.disconnect() }
        try paho.publish("session/\(round)", "one ", count: 10, qos: 1)
        try paho.publish("session/\(round)", "two ", count: 10, qos: 2)
        #expect(try driver.connect().isSessionPresent, "\(transport) \(version)")
        let messages = try driver.messages(20)
        let texts = (0..<10).map { "one \($0)" } + (0..<10).map { "two \($0)" }
        #expect(messages.map(\.text) == texts, "\(transport) \(version)")
        try driver.settle()
      }
      try driver.disconnect()
    }
  }

  @Test(arguments: BrokerTransport.allCases, MQTTVersion.allCases)
  func `what was sent and lost on the way arrives after a reconnect, in order and once`(
    transport: BrokerTransport, version: MQTTVersion
  ) throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let proxy = try SilentProxy(to: broker.port(transport))
    defer { proxy.stop() }
    let subscriber = try MosquittoSub(broker, version: version.number, filter: "again")
    defer { subscriber.terminate() }
    var configuration = MQTTConfiguration("ours", version)
    configuration.isCleanStart = false
    configuration.sessionExpiryInterval = 600
    let driver = Driver(configuration, try broker.clientTransport(transport, port: proxy.port))
    try driver.connect()
    try driver.publish("again", Array("0".utf8), qos: .exactlyOnce)
    proxy.goSilent()
    for i in 1..<10 {
      let qos: QoS = i % 2 == 0 ? .atLeastOnce : .exactlyOnce
      try driver.client.publish(topic: "again", payload: Array("\(i)".utf8), qos: qos)
    }
    proxy.cut()
    proxy.speak()
    #expect(throws: MQTTError.self) { try driver.run("end") { false } }
    #expect(driver.inbox.ends.count == 1)
    #expect(try driver.connect().isSessionPresent)
    try driver.run("answers") { driver.inbox.finished == 10 }
    let texts = try subscriber.nextMessages(10).map(\.text)
    // a message of QoS 2 goes on when it is released, so each QoS has an order of its own
    let exactlyOnce = ["0", "1", "3", "5", "7", "9"]
    #expect(texts.filter { exactlyOnce.contains($0) } == exactlyOnce)
    #expect(texts.filter { !exactlyOnce.contains($0) } == ["2", "4", "6", "8"])
    #expect(driver.inbox.abandoned.isEmpty)
    try driver.disconnect()
  }
}
