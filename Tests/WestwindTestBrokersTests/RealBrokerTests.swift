import Testing
import WestwindTestBrokers
import WestwindTestSupport

/// That the brokers and clients which were not written here run, and speak with each other, on this machine.
@Suite(.timeLimit(.minutes(5)))
struct RealBrokerTests {
  @Test(
    .enabled(if: Mosquitto.isInstalled && PahoPeer.isInstalled, "needs mosquitto; run Scripts/prepare --tests"),
    arguments: BrokerTransport.allCases, [4, 5])
  func `paho and mosquitto's clients speak through mosquitto on each transport`(
    transport: BrokerTransport, version: Int
  ) throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    try converse(broker, transport, version: version)
  }

  @Test(
    .enabled(if: AMQTT.isInstalled && MosquittoSub.isInstalled, "needs .build/peers; run Scripts/prepare --tests"),
    arguments: BrokerTransport.allCases)
  func `paho and mosquitto's clients speak through amqtt on each transport`(transport: BrokerTransport) throws {
    let broker = try AMQTT(sendsPings: false)
    defer { broker.terminate() }
    try converse(broker, transport, version: 4)
  }

  @Test(.enabled(if: Mosquitto.isInstalled && AMQTT.isInstalled, "run Scripts/prepare --tests"))
  func `a broker comes back on the same ports, and mosquitto with what it had`() throws {
    var options = MosquittoOptions()
    options.isPersistent = true
    let broker = try Mosquitto(options)
    defer { broker.terminate() }
    try MosquittoPub.publish(broker, topic: "kept", payload: Array("yes".utf8), qos: 1, retain: true)
    try broker.stop()
    try broker.restart()
    let subscriber = try MosquittoSub(broker, filter: "kept")
    defer { subscriber.terminate() }
    let message = try subscriber.nextMessage()
    #expect(message.text == "yes" && message.isRetained)
    try broker.kill()
    try broker.restart()

    let other = try AMQTT(sendsPings: false)
    defer { other.terminate() }
    try other.kill()
    try other.restart()
    try converse(other, .wss, version: 4)
  }

  @Test(.enabled(if: Mosquitto.isInstalled, "run Scripts/prepare --tests"))
  func `mosquitto does as its options say`() throws {
    var options = MosquittoOptions()
    options.passwords = ["me": "secret"]
    options.maxKeepAlive = 10
    options.maxTopicAlias = 3
    options.maxInflightMessages = 5
    let broker = try Mosquitto(options)
    defer { broker.terminate() }
    let peer = try PahoPeer()
    defer { peer.terminate() }
    var connect = PahoPeer.Connect(clientIdentifier: "me")
    #expect(try peer.connect(broker, .tcp, connect)["reason"] == 135)
    connect.userName = "me"
    connect.password = "secret"
    let answer = try peer.connect(broker, .wss, connect)
    #expect(answer["reason"] == 0)
    #expect(answer["properties"]?["ServerKeepAlive"] == 10)
    #expect(answer["properties"]?["TopicAliasMaximum"] == 3)
    #expect(answer["properties"]?["ReceiveMaximum"] == 5)
  }

  private func converse(_ broker: any RealBroker, _ transport: BrokerTransport, version: Int) throws {
    var connect = PahoPeer.Connect(clientIdentifier: "peer")
    connect.version = version
    let peer = try PahoPeer(broker, transport, connect)
    defer { peer.terminate() }
    #expect(try peer.subscribe("up/#", qos: 2) == 2)
    let plain: BrokerTransport = transport.isSecure ? .tls : .tcp
    let subscriber = try MosquittoSub(broker, plain, version: version, filter: "down/+", qos: 1)
    defer { subscriber.terminate() }

    try peer.publish("down/1", "hello, ", count: 3, qos: 2)
    let received = try subscriber.nextMessages(3)
    #expect(received.map(\.text) == ["hello, 0", "hello, 1", "hello, 2"])
    #expect(received.allSatisfy { $0.qos == 1 && $0.topic == "down/1" })

    let large = pattern(size: 300_000, seed: 4)
    try MosquittoPub.publish(broker, plain, version: version, topic: "up/large", payload: large, qos: 1)
    let message = try peer.nextMessage()
    #expect(message.size == large.count && message.sha256 == sha256(large) && message.payload == nil)
    try MosquittoPub.publish(broker, plain, version: version, topic: "up/lines", lines: ["a", "b"], qos: 2)
    #expect(try peer.nextMessages(2).map(\.text) == ["a", "b"])
    try peer.disconnect()
    #expect(peer.lostReason == nil)
  }
}
