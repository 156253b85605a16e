import MQTTProtocol
import Testing
import WebSocketProtocol
import Westwind
import WestwindMQTT
import WestwindSockets
import WestwindTestBrokers
import WestwindTestSupport

/// How a connection begins, where it begins otherwise than it mostly does.
@Suite(.timeLimit(.minutes(5)))
struct HandshakeTests {
  @Test(arguments: [false, true])
  func `CONNACK and more in the segment of the response to the handshake are not lost`(isCut: Bool) throws {
    // no broker may answer before it was asked; what is behind the response in its segment comes first all the same
    let broker = try ScriptedBroker(.ws) { connection in
      let rules = PacketRules(version: .mqtt5, sender: .broker)
      let packets =
        try BrokerPacket.connAck(rules)
        + BrokerPacket.publish(rules, topic: "early", payload: Array("bird".utf8))
      let frames = isCut ? packets.map { [0x82, 1, $0] }.flatMap { $0 } : [0x82, UInt8(packets.count)] + packets
      try connection.upgrade(behind: frames)
      _ = try connection.expectConnect()
      while try connection.readPacket() != nil {}
      return connection.violations
    }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try .loopback(.ws, port: broker.port))
    try driver.connect()
    #expect(try driver.messages(1)[0].text == "bird")
    try driver.disconnect()
    #expect(try broker.join() == [[]])
  }

  @Test
  func `the request offers mqtt, and carries path, query and fields`() throws {
    let broker = try ScriptedBroker(.ws) { connection in
      try connection.upgrade()
      _ = try connection.expectConnect()
      return [
        connection.request.split(separator: "\r\n")[0].description,
        connection.offeredSubprotocols.joined(separator: ","),
        connection.field("X-Token") ?? "", connection.field("Authorization") ?? "",
        connection.field("Sec-WebSocket-Extensions") ?? "none",
      ]
    }
    var options = ConnectOptions()
    options.proxy = .none
    let transport = MQTTTransport.webSocket(
      url: "ws://me:word@127.0.0.1:\(broker.port)/there/mqtt?x=1",
      request: {
        var request = WebSocketRequest()
        request.optionalHeaders = ["X-Token: abc"]
        return request
      }, options: options)
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), transport)
    try driver.client.connect(timeout: .seconds(30))
    #expect(
      try broker.join() == [["GET /there/mqtt?x=1 HTTP/1.1", "mqtt", "abc", "Basic bWU6d29yZA==", "none"]])
    driver.client.abort()
  }

  @Test(arguments: ["none", "other"])
  func `another subprotocol than mqtt, or none, is refused`(answer: String) throws {
    let broker = try ScriptedBroker(.ws) { connection in
      try connection.upgrade(answer == "none" ? .missing : .named("amqp"))
      return try connection.awaitEnd()
    }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try .loopback(.ws, port: broker.port))
    let error = #expect(throws: MQTTError.self) { try driver.client.connect(timeout: .seconds(30)) }
    guard case .transport? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error!.description.contains("subprotocol"))
    #expect(driver.inbox.ends.isEmpty && driver.client.descriptor == nil)
    #expect(try broker.join() == [true])
  }

  @Test(arguments: ["401 Unauthorized", "404 Not Found", "503 Service Unavailable"])
  func `a refusal of the handshake names its status`(status: String) throws {
    let broker = try ScriptedBroker(.ws) { try $0.refuseUpgrade(status) }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try .loopback(.ws, port: broker.port))
    let error = #expect(throws: MQTTError.self) { try driver.client.connect(timeout: .seconds(30)) }
    #expect(error!.description.contains(status.prefix(3)))
    _ = try broker.join()
  }

  @Test
  func `a text frame ends the connection with an error that names it`() throws {
    let broker = try ScriptedBroker(.ws) { connection in
      try connection.upgrade()
      _ = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules))
      try connection.writeFrame(.text, Array("hello".utf8))
      while try connection.readPacket() != nil {}
      return connection.closeCode
    }
    let driver = Driver(MQTTConfiguration("ours", .mqtt5), try .loopback(.ws, port: broker.port))
    #expect(throws: MQTTError.self) {
      try driver.connect()
      try driver.run("end") { false }
    }
    #expect(driver.inbox.ends.count == 1)
    #expect("\(driver.inbox.ends)".lowercased().contains("text"))
    // 1003: data of a kind that cannot be taken
    let codes = try broker.join()
    #expect(codes == [1003])
  }

  @Test(arguments: [BrokerTransport.tcp, .ws])
  func `each refusal in CONNACK is told with its code`(transport: BrokerTransport) throws {
    let codes: [(MQTTVersion, [UInt8])] = [(.mqtt311, [1, 2, 3, 4, 5]), (.mqtt5, [0x80, 0x84, 0x87, 0x8A, 0x9F])]
    for (version, codes) in codes {
      for code in codes {
        let broker = try ScriptedBroker(transport) { connection in
          if transport.isWebSocket { try connection.upgrade() }
          _ = try connection.expectConnect()
          try connection.write(BrokerPacket.connAck(connection.rules, code: code))
          return try connection.awaitEnd()
        }
        let driver = Driver(MQTTConfiguration("ours", version), try .loopback(transport, port: broker.port))
        #expect(throws: (any Error).self) { try driver.connect() }
        guard case .connectionRefused(let reason, let told, _)? = driver.inbox.ends.last ?? nil else {
          Issue.record("\(version) \(code): \(driver.inbox.ends)")
          continue
        }
        #expect(reason.rawValue == code && told == version)
        #expect(try broker.join() == [true])
      }
    }
  }

  // In 3.1.1 a client cannot say how many messages it wants at a time, and a broker's window may be any: mosquitto's with
  // max_inflight_messages of 1000, say. All of them come before the first PUBREL, so refusing them means that the session
  // never goes on: each connection ends at the same place.
  @Test
  func `a broker of 3.1.1 may have more messages of QoS 2 under way than the session has room for`() throws {
    let count = 4 * MQTTConfiguration("ours", .mqtt311).limits.incoming + 1
    let broker = try ScriptedBroker(.tcp) { connection in
      _ = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules))
      for identifier in 1...count {
        try connection.write(
          BrokerPacket.publish(
            connection.rules, topic: "a", payload: [], qos: .exactlyOnce, identifier: UInt16(identifier)))
      }
      var received = 0
      while received < count, let packet = try? connection.readPacket() {
        if case .acknowledgement(.pubRec, _, _) = packet { received += 1 }
      }
      return received
    }
    let driver = Driver(MQTTConfiguration("ours", .mqtt311), try .loopback(.tcp, port: broker.port))
    try driver.connect()
    #expect(try driver.messages(count).count == count)
    #expect(try broker.join() == [count])
    driver.client.abort()
  }

  // mosquitto 2.0.11 does so where messages wait and the receive maximum is small.
  @Test
  func `a broker that sends more than the receive maximum is told so`() throws {
    let broker = try ScriptedBroker(.tcp) { connection in
      let connect = try connection.expectConnect()
      try connection.write(BrokerPacket.connAck(connection.rules))
      for identifier in 1...4 {
        try connection.write(
          BrokerPacket.publish(
            connection.rules, topic: "a", payload: [], qos: .atLeastOnce, identifier: UInt16(identifier)))
      }
      let reason = try connection.expect("DISCONNECT") { packet -> UInt8? in
        if case .disconnect(let reason) = packet { reason.rawValue } else { nil }
      }
      return [connect.properties.integer(.receiveMaximum), UInt32(reason)]
    }
    var configuration = MQTTConfiguration("ours", .mqtt5)
    configuration.limits.incoming = 3
    configuration.acknowledgements = .manual
    let driver = Driver(configuration, try .loopback(.tcp, port: broker.port))
    #expect(throws: MQTTError.self) {
      try driver.connect()
      try driver.run("end") { false }
    }
    #expect(try broker.join() == [[3, 0x93]])
  }
}
