import Glibc
import SampleTestSupport
import Testing

@Suite(.enabled(if: Mosquitto.isInstalled && MosquittoPub.isInstalled, "needs mosquitto and its clients"))
struct SubTests {
  @Test(arguments: BrokerTransport.allCases)
  func `messages of mosquitto_pub are printed, topic and payload`(_ transport: BrokerTransport) throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let sub = try MQTTSample.subscriber(
      broker, ["--topic", "a/+", "--topic", "b/#", "--qos", "2", "--count", "3"], over: transport)
    try MosquittoPub.publish(broker, topic: "a/1", payload: Array("one".utf8), qos: 0)
    try MosquittoPub.publish(broker, topic: "not/this", payload: Array("none".utf8), qos: 1)
    try MosquittoPub.publish(broker, topic: "b/2/x", payload: Array("two words".utf8), qos: 1)
    try MosquittoPub.publish(broker, topic: "b", payload: Array("three".utf8), qos: 2)
    for line in ["a/1 one", "b/2/x two words", "b three", "[disconnected]"] {
      #expect(try sub.readLine(timeout: .seconds(60)) { !$0.hasPrefix("[subscribed") } == line)
    }
    #expect(try sub.waitForExit() == .exited(0))
  }

  @Test func `--json says all there is to say of a message`() throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let sub = try MQTTSample.subscriber(
      broker, ["--topic", "j/#", "--qos", "2", "--json", "--version", "5.0", "--count", "3"])
    try MosquittoPub.publish(
      broker, topic: "j/1", payload: Array("say \"hi\"\n".utf8), qos: 2,
      arguments: [
        "-D", "publish", "content-type", "text/plain", "-D", "publish", "user-property", "n", "v", "-D", "publish",
        "response-topic", "r/t", "-D", "publish", "correlation-data", "abc", "-D", "publish",
        "message-expiry-interval", "60", "-D", "publish", "payload-format-indicator", "1",
      ])
    try MosquittoPub.publish(broker, topic: "j/2", payload: [0xFF, 0, 1], qos: 1)
    let published = try MQTTSample.run(
      ["pub"] + MQTTSample.way(to: broker) + [
        "--topic", "j/3", "--message", "", "--version", "5.0", "--property", "user-property=a:b:c",
        "--property", "user-property=a:", "--property", "content-type=x=y",
      ])
    #expect(published.status == .exited(0), "\(published.errors)")
    let lines = try (0..<3).map { _ in
      try JSON(parsing: sub.readLine(timeout: .seconds(60)) { $0.hasPrefix("{") })
    }
    #expect(
      lines[0]
        == .object([
          "topic": .string("j/1"), "qos": .number(2), "retain": .bool(false), "dup": .bool(false),
          "encoding": .string("text"), "payload": .string("say \"hi\"\n"),
          "properties": .object([
            "content-type": .string("text/plain"), "user-property": .array([.array([.string("n"), .string("v")])]),
            "response-topic": .string("r/t"), "correlation-data": .string("YWJj"),
            "message-expiry-interval": .number(60), "payload-format-indicator": .number(1),
          ]),
        ]))
    #expect(lines[1]["encoding"] == .string("base64"))
    #expect(lines[1]["payload"] == .string("/wAB"))
    #expect(lines[2]["payload"] == .string(""))
    #expect(
      lines[2]["properties"]
        == .object([
          "content-type": .string("x=y"),
          "user-property": .array([.array([.string("a"), .string("b:c")]), .array([.string("a"), .string("")])]),
        ]))
    #expect(try sub.waitForExit() == .exited(0))
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `a signal ends it with DISCONNECT, so that no will is published`(_ signal: CInt) throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let watcher = try MosquittoSub(broker, filter: "will/#")
    let sub = try MQTTSample.subscriber(
      broker, ["--topic", "a", "--will-topic", "will/a", "--will-message", "gone", "--will-qos", "1"])
    sub.signal(signal)
    #expect(try sub.waitForExit() == .exited(0))
    try MosquittoPub.publish(broker, topic: "will/end", payload: [1])
    #expect(try watcher.nextMessage().topic == "will/end")
  }

  @Test func `where it is killed the broker publishes its will`() throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let watcher = try MosquittoSub(broker, filter: "will/#")
    let sub = try MQTTSample.subscriber(
      broker, ["--topic", "a", "--will-topic", "will/a", "--will-message", "gone", "--will-qos", "1", "--will-retain"])
    sub.signal(SIGKILL)
    _ = try sub.waitForExit()
    let will = try watcher.nextMessage()
    #expect(will.topic == "will/a")
    #expect(will.qos == 1)
    #expect(will.text == "gone")
    #expect(try MosquittoSub(broker, filter: "will/#").nextMessage().isRetained)
  }

  @Test func `what comes behind --count waits for the next run of the same session`() throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let arguments = ["--topic", "k", "--qos", "1", "--client-id", "keeper", "--no-clean", "--count", "3"]
    let first = try MQTTSample.subscriber(broker, arguments)
    let published = try MQTTSample.run(
      ["pub"] + MQTTSample.way(to: broker) + ["--topic", "k", "--lines", "--qos", "1"],
      input: Array("1\n2\n3\n4\n5\n6\n".utf8))
    #expect(published.status == .exited(0), "\(published.errors)")
    let lines = try ["k 1", "k 2", "k 3"].map { line in try first.readLine(timeout: .seconds(60)) { $0 == line } }
    #expect(lines.count == 3)
    #expect(try first.waitForExit() == .exited(0))
    let second = try MQTTSample.run(["sub"] + MQTTSample.way(to: broker) + arguments)
    #expect(second.output == "k 4\nk 5\nk 6\n", "\(second.errors)")
  }

  @Test func `a broker that goes away is a failure`() throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let sub = try MQTTSample.subscriber(broker, ["--topic", "a"])
    try broker.kill()
    let line = try sub.readLine(timeout: .seconds(60)) { $0.hasPrefix("mqtt-publisher: ") }
    #expect(line.contains("while listening to the broker: look into"), "\(line)")
    #expect(try sub.waitForExit() == .exited(1))
  }
}
