import MQTTProtocol
import WestwindSockets
import WestwindTestSupport

extension EchoBroker {
  /// Serves a connection up to its end.
  func converse(_ connection: ScriptedConnection) throws {
    if connection.isWebSocket { try connection.upgrade() }
    let connect = try connection.expectConnect()
    let name = connect.clientIdentifier
    let isPresent = state.withLock { state in
      let isPresent = !connect.isCleanStart && state.sessions[name] != nil
      if !isPresent { state.sessions[name] = EchoSession() }
      state.sessions[name]!.connection = connection.number
      return isPresent
    }
    let properties = connect.version == .mqtt5 ? try BrokerPacket.properties(options.connAckProperties) : []
    try connection.write(
      BrokerPacket.connAck(connection.rules, isSessionPresent: isPresent, properties: properties))
    try sendAgain(name, connection)

    let window = connect.properties.integer(.receiveMaximum).map { Int($0) } ?? 0xFFFF
    var aliases: [UInt16: String] = [:]
    while true {
      while try !connection.hasInput(timeout: .milliseconds(2)) {
        try sendQueued(name, connection, window)
        try connection.flush()
      }
      guard let packet = try connection.readPacket() else { return }
      guard try answer(packet, name, connection, &aliases) else { return }
      try sendQueued(name, connection, window)
    }
  }

  /// Does what a packet asks for. Gives false where it is the last.
  private func answer(
    _ packet: ClientPacket, _ name: String, _ connection: ScriptedConnection, _ aliases: inout [UInt16: String]
  ) throws -> Bool {
    let rules = connection.rules
    switch packet {
    case .publish(var message):
      if message.topicAlias != 0 {
        if message.topic.isEmpty { message.topic = aliases[message.topicAlias] ?? "" }
        aliases[message.topicAlias] = message.topic
      }
      if let answer = try take(message, name, connection) { try connection.write(answer) }
    case .acknowledgement(.pubRel, let identifier, _):
      try session(name, connection) { _ = $0.incoming.remove(identifier) }
      try connection.write(BrokerPacket.acknowledgement(rules, .pubComp, identifier: identifier))
    case .acknowledgement(.pubRec, let identifier, let reason):
      try session(name, connection) { session in
        if reason.isError { session.outgoing.removeAll { $0.identifier == identifier } }
        for i in session.outgoing.indices where session.outgoing[i].identifier == identifier {
          session.outgoing[i].isReleased = true
        }
      }
      if !reason.isError {
        try connection.write(BrokerPacket.acknowledgement(rules, .pubRel, identifier: identifier))
      }
    case .acknowledgement(_, let identifier, _):
      try session(name, connection) { $0.outgoing.removeAll { $0.identifier == identifier } }
    case .subscribe(let identifier, let entries):
      try session(name, connection) { session in
        for entry in entries {
          let filter = Array(entry.filter.utf8)
          session.subscriptions.removeAll { $0.filter == filter }
          session.subscriptions.append((filter, entry.options.maximumQoS))
        }
      }
      let codes = entries.map { $0.options.maximumQoS.rawValue }
      try connection.write(BrokerPacket.acknowledgement(rules, .subAck, identifier: identifier, codes: codes))
    case .unsubscribe(let identifier, let filters):
      try session(name, connection) { session in
        session.subscriptions.removeAll { filters.map { Array($0.utf8) }.contains($0.filter) }
      }
      let codes = rules.version == .mqtt5 ? filters.map { _ in UInt8(0) } : []
      try connection.write(BrokerPacket.acknowledgement(rules, .unsubAck, identifier: identifier, codes: codes))
    case .pingRequest:
      try connection.write(BrokerPacket.pingResponse)
    case .disconnect: return false
    case .connect, .auth: throw MQTTViolation.unexpectedPacket(.connect)
    }
    return true
  }

  /// Takes a message, and gives back its acknowledgement.
  private func take(
    _ message: ClientPacket.Publish, _ name: String, _ connection: ScriptedConnection
  ) throws -> [UInt8]? {
    let copy = Message(topic: message.topic, payload: message.payload, qos: message.qos)
    let isCurrent = state.withLock { state in
      guard state.sessions[name]?.connection == connection.number else { return false }
      // what a message of QoS 2 is known by until its PUBREL
      if message.qos == .exactlyOnce, !state.sessions[name]!.incoming.insert(message.identifier).inserted {
        return true
      }
      state.accept(copy)
      return true
    }
    guard isCurrent else { throw TestSupportError("another connection has taken the session over") }
    switch message.qos {
    case .atMostOnce: return nil
    case .atLeastOnce:
      return try BrokerPacket.acknowledgement(connection.rules, .pubAck, identifier: message.identifier)
    case .exactlyOnce:
      return try BrokerPacket.acknowledgement(connection.rules, .pubRec, identifier: message.identifier)
    }
  }

  private func sendAgain(_ name: String, _ connection: ScriptedConnection) throws {
    for entry in try session(name, connection, { $0.outgoing }) {
      try connection.write(
        entry.isReleased
          ? BrokerPacket.acknowledgement(connection.rules, .pubRel, identifier: entry.identifier)
          : BrokerPacket.publish(
            connection.rules, topic: entry.message.topic, payload: entry.message.payload, qos: entry.message.qos,
            identifier: entry.identifier, isDuplicate: true))
    }
  }

  /// Sends what waits, as much as the client wants on its way at a time.
  private func sendQueued(_ name: String, _ connection: ScriptedConnection, _ window: Int) throws {
    while true {
      let next = try session(name, connection) { session -> EchoSession.Outgoing? in
        guard let message = session.queue.first else { return nil }
        guard message.qos != .atMostOnce else {
          session.queue.removeFirst()
          return EchoSession.Outgoing(identifier: 0, message: message)
        }
        guard session.outgoing.count < window else { return nil }
        session.queue.removeFirst()
        let entry = EchoSession.Outgoing(identifier: session.newIdentifier(), message: message)
        session.outgoing.append(entry)
        return entry
      }
      guard let next else { return }
      try connection.write(
        BrokerPacket.publish(
          connection.rules, topic: next.message.topic, payload: next.message.payload, qos: next.message.qos,
          identifier: next.identifier))
    }
  }

  /// The session, as long as it is this connection's.
  private func session<R>(
    _ name: String, _ connection: ScriptedConnection, _ body: (inout EchoSession) throws -> R
  ) throws -> R {
    try state.withLock { state in
      guard state.sessions[name]?.connection == connection.number else {
        throw TestSupportError("another connection has taken the session over")
      }
      return try body(&state.sessions[name]!)
    }
  }
}
