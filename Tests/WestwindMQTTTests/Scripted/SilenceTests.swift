import Glibc
import MQTTProtocol
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

/// Brokers that stop answering, or stop reading.
@Suite(.timeLimit(.minutes(5)))
struct SilenceTests {
  @Test(arguments: [BrokerTransport.tcp, .ws])
  func `a half-open connection is found within keep alive and a half`(transport: BrokerTransport) throws {
    var options = EchoBroker.Options()
    options.transport = transport
    let broker = try EchoBroker(options)
    defer { broker.stop() }
    let proxy = try SilentProxy(to: broker.port)
    defer { proxy.stop() }
    var configuration = MQTTConfiguration("ours", .mqtt311)
    configuration.keepAlive = 4
    let driver = Driver(configuration, try .loopback(transport, port: proxy.port))
    #expect(driver.client.keepAliveTimeLeft == nil)
    try driver.connect()
    let left = try #require(driver.client.keepAliveTimeLeft)
    #expect(left <= 4000)
    // answered pings keep it open
    try driver.run(for: .seconds(5))
    #expect(driver.inbox.pingResponses >= 1 && driver.inbox.ends.isEmpty)
    try driver.publish("a", [1], qos: .atLeastOnce)
    proxy.goSilent()
    let start = ContinuousClock.now
    #expect(throws: MQTTError.self) { try driver.run("end", timeout: .seconds(30)) { false } }
    let elapsed = ContinuousClock.now - start
    guard case .keepAliveExpired? = driver.inbox.ends.last ?? nil else {
      Issue.record("it ended by \(driver.inbox.ends)")
      return
    }
    #expect(driver.client.keepAliveTimeLeft == nil)
    // with two seconds for a busy machine
    #expect(elapsed < .seconds(6) + .seconds(2))
  }

  @Test(arguments: [BrokerTransport.tcp, .ws])
  func `an answer that has come counts, however late the program looks`(transport: BrokerTransport) throws {
    var options = EchoBroker.Options()
    options.transport = transport
    let broker = try EchoBroker(options)
    defer { broker.stop() }
    var configuration = MQTTConfiguration("ours", .mqtt5)
    configuration.keepAlive = 60
    configuration.pingTimeout = 100
    configuration.connAckTimeout = .milliseconds(100)
    let driver = Driver(configuration, try .loopback(transport, port: broker.port))
    try driver.client.connect(timeout: .seconds(30))
    usleep(400_000)  // CONNACK comes, and nobody looks
    try driver.run("CONNACK") { driver.inbox.connAck != nil }
    try driver.client.ping()
    usleep(400_000)  // and so does PINGRESP
    try driver.client.live()
    try driver.run("PINGRESP") { driver.inbox.pingResponses == 1 }
    #expect(driver.inbox.ends.isEmpty)
    try driver.disconnect()
  }

  @Test(arguments: [BrokerTransport.tcp, .ws])
  func `a broker that never sends CONNACK is given up on`(transport: BrokerTransport) throws {
    let broker = try ScriptedBroker(transport) { connection in
      if transport.isWebSocket { try connection.upgrade() }
      _ = try connection.expectConnect()
      return try connection.awaitEnd()
    }
    var configuration = MQTTConfiguration("ours", .mqtt5)
    configuration.connAckTimeout = .milliseconds(300)
    let driver = Driver(configuration, try .loopback(transport, port: broker.port))
    #expect(throws: MQTTError.self) { try driver.connect() }
    guard case .noConnAck? = driver.inbox.ends.last ?? nil else {
      Issue.record("it ended by \(driver.inbox.ends)")
      return
    }
    #expect(try broker.join() == [true])
  }

  @Test(arguments: [BrokerTransport.tcp, .ws])
  func `a broker that stops reading holds a publisher no longer than the write timeout`(
    transport: BrokerTransport
  ) throws {
    let broker = try ScriptedBroker(transport, receiveBuffer: 4096) { connection in
      if transport.isWebSocket { try connection.upgrade() }
      _ = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules))
      // nothing is read until the client has given up
      _ = try connection.awaitHangUp()
    }
    var configuration = MQTTConfiguration("ours", .mqtt5)
    configuration.writeTimeout = .milliseconds(500)
    let driver = Driver(configuration, try .loopback(transport, port: broker.port))
    try driver.connect()
    let payload = [UInt8](repeating: 1, count: 1 << 20)
    let start = ContinuousClock.now
    #expect(throws: MQTTError.self) {
      while ContinuousClock.now < start + .seconds(30) { try driver.client.publish(topic: "a", payload: payload) }
    }
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(driver.inbox.ends.count == 1)
    _ = try broker.join()
  }
}
