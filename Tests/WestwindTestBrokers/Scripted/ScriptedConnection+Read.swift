import MQTTProtocol
import WestwindSockets
import WestwindTestSupport

extension ScriptedConnection {
  /// The client's next packet, under the rules of a broker; nil where it has closed.
  public func readPacket() throws -> ClientPacket? {
    while true {
      let hadBytes = !intake.stream.isEmpty
      if var packet = try intake.next() {
        if case .publish(var message) = packet {
          message.payload = try readPayload()
          packet = .publish(message)
        }
        if case .connect(let connect) = packet { version = connect.version }
        if isWebSocket, !intake.stream.isEmpty { violations.append("more than one packet in a frame") }
        return packet
      }
      if hadBytes, isWebSocket { violations.append("a packet over several frames") }
      guard try more() else {
        guard intake.reader.isAtStart else { throw TestSupportError("the client's stream ended inside a packet") }
        return nil
      }
    }
  }

  /// The client's next packet, which has to be of this kind.
  public func expect<R>(_ name: String, _ pick: (ClientPacket) -> R?) throws -> R {
    guard let packet = try readPacket() else { throw TestSupportError("the client closed in place of \(name)") }
    guard let value = pick(packet) else { throw TestSupportError("the client sent \(packet) in place of \(name)") }
    return value
  }

  /// Reads CONNECT.
  public func expectConnect() throws -> ClientPacket.Connect {
    try expect("CONNECT") { if case .connect(let connect) = $0 { connect } else { nil } }
  }

  private func readPayload() throws -> [UInt8] {
    var payload: [UInt8] = []
    payload.reserveCapacity(intake.reader.payloadRemaining)
    while intake.reader.payloadRemaining > 0 {
      if intake.stream.isEmpty {
        if isWebSocket { violations.append("a packet over several frames") }
        guard try more() else { throw TestSupportError("the client's stream ended inside a payload") }
      }
      payload += intake.takePayload()
    }
    return payload
  }

  /// Takes more into `stream`. Before it waits for the client, the client gets what waits for it.
  private func more() throws -> Bool {
    if !waiting.isEmpty, input.isEmpty, try socket.poll(for: .readable, timeout: .milliseconds(2)).isEmpty {
      try flush()
    }
    if isWebSocket { return try fillFromFrame() }
    if input.isEmpty {
      guard try fill() else { return false }
    }
    intake.stream += input
    input = []
    return true
  }
}
