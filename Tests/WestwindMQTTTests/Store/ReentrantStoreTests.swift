import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindTestBrokers
import WestwindTestSupport

/// A store that calls its client, which is in the middle of publishing.
@Suite struct ReentrantStoreTests {
  private final class MeddlingStore: MQTTStore {
    weak var client: MQTTClient?
    private(set) var kept = 0

    func records() throws(MQTTStoreError) -> [StoreRecord] { [] }

    func keep(_ record: StoreRecord, _ packet: Span<UInt8>, payload: RawSpan) throws(MQTTStoreError) {
      kept += 1
      _ = client?.canPublish
    }

    func write(_ record: StoreRecord) throws(MQTTStoreError) {}

    func withPacket<Failure: Error>(
      _ identifier: UInt16, _ body: (Span<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
      try body(Span())
    }

    func commit() throws(MQTTStoreError) {}

    var takesPayloadSources: Bool { false }
  }

  @Test func `is found out, and not let corrupt what waits to leave`() async {
    await #expect(processExitsWith: .failure) {
      let broker = try EchoBroker()
      let store = MeddlingStore()
      let driver = Driver(MQTTConfiguration("meddler", .mqtt311), try .loopback(.tcp, port: broker.port), store: store)
      try driver.connect()
      store.client = driver.client
      _ = try driver.client.publish(topic: "a", payload: [1], qos: .atLeastOnce)
    }
  }

  @Test func `one that keeps to its own affairs is served`() throws {
    let broker = try EchoBroker()
    defer { broker.stop() }
    let store = MeddlingStore()
    let driver = Driver(MQTTConfiguration("modest", .mqtt311), try .loopback(.tcp, port: broker.port), store: store)
    try driver.connect()
    #expect(try driver.publish("a", [1], qos: .atLeastOnce) == .success)
    #expect(store.kept == 1)
    try driver.disconnect()
  }
}
