import SampleTestSupport
import Testing

@Suite(.enabled(if: Mosquitto.isInstalled, "needs mosquitto"))
struct BenchTests {
  @Test(arguments: [0, 1, 2], [BrokerTransport.tcp, .wss])
  func `it prints the rate and the latencies at each QoS`(_ qos: Int, _ transport: BrokerTransport) throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    for version in ["3.1.1", "5.0"] {
      let outcome = try MQTTSample.run(
        ["bench"] + MQTTSample.way(to: broker, transport) + [
          "--topic", "bench/a", "--qos", "\(qos)", "--count", "2000", "--latency-count", "500", "--size", "10",
          "--version", version,
        ] + (version == "5.0" ? ["--topic-alias"] : []))
      #expect(outcome.status == .exited(0), "\(outcome.errors)")
      let lines = outcome.output.split(separator: "\n")
      let rate = try #require(lines.first)
      #expect(rate.hasPrefix("rate: ") && rate.hasSuffix(" messages/s"), "\(rate)")
      #expect(Int(rate.dropFirst(6).dropLast(11)) ?? 0 > 0, "\(rate)")
      #expect(outcome.output.contains("2,000 messages of 10 bytes at QoS \(qos)"))
      #expect(lines.contains { $0.hasPrefix("latency: 500 messages, 100 under way at most, each ") })
      let latency = try #require(lines.first { $0.hasPrefix("  min ") })
      for name in ["min", "p50", "p90", "p99", "p99.9", "max"] { #expect(latency.contains("\(name) "), "\(latency)") }
      #expect(lines.last?.hasSuffix(" %") == true)
      #expect(lines.allSatisfy { $0.count <= 80 }, "\(outcome.output)")
    }
  }

  @Test func `the broker gets as many messages as it says`() throws {
    let broker = try Mosquitto()
    defer { broker.terminate() }
    let subscriber = try MosquittoSub(broker, filter: "bench/#", qos: 1)
    let outcome = try MQTTSample.run(
      ["bench"] + MQTTSample.way(to: broker) + [
        "--topic", "bench/b", "--qos", "1", "--count", "700", "--size", "33", "--window", "7", "--no-latency",
      ])
    #expect(outcome.status == .exited(0), "\(outcome.errors)")
    #expect(try subscriber.nextMessages(700).allSatisfy { $0.size == 33 && $0.qos == 1 })
  }
}
