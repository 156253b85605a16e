import Glibc
import MQTTProtocol
import Synchronization
import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

/// Payloads that come slowly.
@Suite struct SlowPayloadTests {
  @Test func `PINGREQ leaves while a payload takes longer than the keep alive`() throws {
    let broker = try ScriptedBroker(.tcp) { connection in
      _ = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules))
      let packet = try BrokerPacket.publish(connection.rules, topic: "t", payload: [UInt8](repeating: 5, count: 60))
      for byte in packet {
        try connection.writeRaw([byte])
        usleep(40_000)
      }
      var hasPinged = false
      while let packet = try connection.readPacket() {
        if case .pingRequest = packet {
          hasPinged = true
          try connection.writeRaw([0xD0, 0])
        }
      }
      return hasPinged
    }
    var configuration = MQTTConfiguration("ours", .mqtt311)
    configuration.keepAlive = 1
    configuration.pingTimeout = 30_000
    let payload = Mutex<[UInt8]?>(nil)
    var isOver = false
    let client = MQTTClient(configuration, transport: try .loopback(.tcp, port: broker.port)) { client, event in
      switch event {
      case .publish:
        // in the callback, where nothing else runs
        let bytes = try? client.readPublishPayload(maximum: 100, timeout: .seconds(30))
        payload.withLock { $0 = bytes }
        isOver = true
      case .disconnect: isOver = true
      default: break
      }
    }
    try client.connect()
    while !isOver {
      _ = try client.descriptor?.poll(for: .readable, timeout: .seconds(30))
      try client.input()
    }
    #expect(payload.withLock { $0 } == [UInt8](repeating: 5, count: 60))
    try client.disconnect()
    #expect(try broker.join() == [true])
  }

  @Test func `a broker that sends all the time does not make the reading of a payload outlast its time`() throws {
    let length = 200_000_000
    let broker = try ScriptedBroker(.tcp) { connection in
      _ = try connection.expectConnect()
      // QoS 0, the topic "t", and the payload's beginning.
      var header: [UInt8] = [0x30]
      var rest = 3 + length
      while rest > 0 {
        header.append(UInt8(rest % 128) | (rest >= 128 ? 0x80 : 0))
        rest /= 128
      }
      try connection.writeRaw(BrokerPacket.connAck(connection.rules) + header + [0, 1, UInt8(ascii: "t")])
      while (try? connection.writeRaw([1, 2, 3, 4])) != nil {}
    }
    let client = MQTTClient(MQTTConfiguration("ours", .mqtt311), transport: try .loopback(.tcp, port: broker.port)) {
      _, _ in
    }
    try client.connect()
    while client.payloadRemaining == 0 {
      _ = try client.descriptor?.poll(for: .readable, timeout: .seconds(30))
      try client.input()
    }
    for _ in 0..<2 {
      let elapsed = ContinuousClock().measure {
        #expect(throws: MQTTError.self) {
          try client.readPublishPayload(maximum: length, timeout: .milliseconds(300))
        }
      }
      #expect(elapsed < .milliseconds(300) + lateness())
    }
    client.abort()
    _ = try? broker.join()
  }

  @Test func `a broker that goes silent in the middle of a payload is found by a read that waits without end`() throws {
    let broker = try ScriptedBroker(.tcp) { connection in
      _ = try connection.expectConnect()
      let packet = try BrokerPacket.publish(connection.rules, topic: "t", payload: [UInt8](repeating: 5, count: 60))
      try connection.writeRaw(BrokerPacket.connAck(connection.rules) + packet.dropLast(10))
      // reads, and never answers
      var pings = 0
      while let packet = try connection.readPacket() {
        if case .pingRequest = packet { pings += 1 }
      }
      return pings
    }
    var configuration = MQTTConfiguration("ours", .mqtt311)
    configuration.keepAlive = 1
    configuration.pingTimeout = 500
    let client = MQTTClient(configuration, transport: try .loopback(.tcp, port: broker.port)) { _, _ in }
    try client.connect()
    while client.payloadRemaining == 0 {
      _ = try client.descriptor?.poll(for: .readable, timeout: .seconds(30))
      try client.input()
    }
    let error = #expect(throws: MQTTError.self) { try client.readPublishPayload(maximum: 100, timeout: .forever) }
    #expect(error.map { "\($0)" } == "\(MQTTError.keepAliveExpired)")
    #expect(try broker.join() == [1])
  }

  @Test func `a payload that was read in part when the time was over is read on by the next call`() throws {
    let broker = try ScriptedBroker(.tcp) { connection in
      _ = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules))
      let packet = try BrokerPacket.publish(connection.rules, topic: "t", payload: Array(0..<200))
      try connection.writeRaw(Array(packet[..<100]))
      // the client says that its time was over
      _ = try connection.readPacket()
      try connection.writeRaw(Array(packet[100...]))
      while try connection.readPacket() != nil {}
      return true
    }
    var hasCome = false
    let client = MQTTClient(MQTTConfiguration("ours", .mqtt311), transport: try .loopback(.tcp, port: broker.port)) {
      _, event in
      if case .publish = event { hasCome = true }
    }
    try client.connect()
    while !hasCome {
      _ = try client.descriptor?.poll(for: .readable, timeout: .seconds(30))
      try client.input()
    }
    do {
      _ = try client.readPublishPayload(maximum: 200, timeout: .milliseconds(50))
      Issue.record("half of the payload has not come")
    } catch MQTTError.transport(.wouldBlock) {
      #expect(client.payloadRemaining < 200)
    }
    try client.publish(topic: "go", payload: [])
    #expect(try client.readPublishPayload(maximum: 200, timeout: .seconds(30)) == Array(0..<200))
    try client.disconnect()
    _ = try broker.join()
  }
}
