import Glibc
import SampleTestSupport
import Testing

@Suite(.enabled(if: Mosquitto.isInstalled && MosquittoSub.isInstalled, "needs mosquitto and its clients"))
struct PubTests {
  @Test(arguments: BrokerTransport.allCases)
  func `a message arrives at mosquitto_sub over each transport, at each QoS and in both versions`(
    _ transport: BrokerTransport
  ) throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let subscriber = try MosquittoSub(broker, filter: "pub/#")
    for version in ["3.1.1", "5.0"] {
      for qos in 0...2 {
        let outcome = try MQTTSample.run(
          ["pub"] + MQTTSample.way(to: broker, transport)
            + ["--topic", "pub/\(qos)", "--qos", "\(qos)", "--version", version, "--message", "grüße \(version)"])
        #expect(outcome.status == .exited(0), "\(outcome.errors)")
        #expect(outcome.output == "")
        #expect(outcome.errors == "")
        let message = try subscriber.nextMessage()
        #expect(message.topic == "pub/\(qos)")
        #expect(message.qos == qos)
        #expect(message.text == "grüße \(version)")
      }
    }
  }

  @Test(arguments: [0, 1, 2])
  func `lines of standard input arrive in their order, each as a message, the empty ones too`(_ qos: Int) throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    // in 5.0 mosquitto_sub gives up by itself (protocol error) where many messages of QoS 2 come fast
    let subscriber = try MosquittoSub(broker, version: 4, filter: "lines", qos: qos)
    // fewer than mosquitto's queue has room for
    let lines = ["first", "", "third"] + (0..<600).map { "line \($0)" } + [String(repeating: "x", count: 200_000)]
    // the last one without a newline
    let outcome = try MQTTSample.run(
      ["pub"] + MQTTSample.way(to: broker, .ws) + ["--topic", "lines", "--lines", "--qos", "\(qos)", "--verbose"],
      input: Array(lines.joined(separator: "\n").utf8))
    #expect(outcome.status == .exited(0), "\(outcome.errors)")
    #expect(outcome.errors.contains("[published 604 messages]"))
    let messages = try subscriber.nextMessages(lines.count)
    #expect(messages.map(\.text) == lines)
  }

  @Test func `a file's bytes arrive as they are, as often as --count says`() throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let subscriber = try MosquittoSub(broker, filter: "file", qos: 1)
    let bytes = (0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    let file = try TemporaryFile(bytes)
    let outcome = try MQTTSample.run(
      ["pub"] + MQTTSample.way(to: broker, .wss)
        + ["--topic", "file", "--file", file.path, "--qos", "1", "--count", "2"])
    #expect(outcome.status == .exited(0), "\(outcome.errors)")
    for message in try subscriber.nextMessages(2) {
      #expect(message.payload == bytes)
    }
  }

  @Test func `no memory of a file's size is used`() throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let size = 200 << 20
    let file = try TemporaryFile([])
    #expect(truncate(file.path, size) == 0)
    // A sanitizer reserves address space without end: there the file is sent, and its memory not judged.
    let limit = hasSanitizer ? "unlimited" : "150000"
    let command = "ulimit -v \(limit); exec \"$sample\" pub " + MQTTSample.way(to: broker).joined(separator: " ")
    let (status, _, errors) = try ChildProcess.run(
      "/bin/sh", ["-c", command + " --topic file --qos 1 --file \(file.path)"],
      environment: ["sample": MQTTSample.path], timeout: .seconds(120))
    #expect(status == .exited(0), "\(errors)")
  }

  @Test func `a retained message comes to those who subscribe later, and an empty one takes it away`() throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let pub = ["pub"] + MQTTSample.way(to: broker) + ["--topic", "kept", "--qos", "1", "--retain", "--message"]
    #expect(try MQTTSample.run(pub + ["old"]).status == .exited(0))
    let subscriber = try MosquittoSub(broker, filter: "kept")
    let message = try subscriber.nextMessage()
    #expect(message.isRetained)
    #expect(message.text == "old")
    #expect(try MQTTSample.run(pub + [""]).status == .exited(0))
    #expect(try subscriber.nextMessage().size == 0)
    let later = try MosquittoSub(broker, filter: "#")
    #expect(
      try MQTTSample.run(["pub"] + MQTTSample.way(to: broker) + ["--topic", "other", "--message", "new"]).status
        == .exited(0))
    #expect(try later.nextMessage().topic == "other")
  }

  @Test func `the user's name and password go by flags and in the URL, and a wrong one is told`() throws {
    var options = MosquittoOptions()
    options.passwords = ["anna": "wort"]
    let broker = try Mosquitto(options)
    defer { broker.terminate() }
    let port = broker.port(.tcp)
    let rest = ["--proxy", "none", "--topic", "a", "--message", "b", "--qos", "1"]
    let inURL = try MQTTSample.run(["pub", "--url", "mqtt://anna:wort@127.0.0.1:\(port)"] + rest)
    #expect(inURL.status == .exited(0), "\(inURL.errors)")
    let byFlags = try MQTTSample.run(
      ["pub", "--url", "ws://127.0.0.1:\(broker.port(.ws))/mqtt", "--user", "anna", "--password", "wort"] + rest)
    #expect(byFlags.status == .exited(0), "\(byFlags.errors)")
    for version in ["3.1.1", "5.0"] {
      let wrong = try MQTTSample.run(
        ["pub", "--url", "mqtt://anna:other@127.0.0.1:\(port)", "--version", version] + rest)
      #expect(wrong.status == .exited(1))
      #expect(wrong.errorLines.count == 1)
      #expect(wrong.errors.contains("check --user and --password"), "\(wrong.errors)")
      #expect(!wrong.errors.contains("other"))
    }
  }
}
