import CWestwindAllocationCounter
import MQTTProtocol

/// How often the steps of a message's way ask for memory, in MQTT.
func reportMQTT() throws {
  for version in MQTTVersion.allCases {
    var session = try connected(version)
    var reader = PacketReader(rules: session.receivingRules)
    var out: [UInt8] = []
    out.reserveCapacity(1000)
    let message = Message(version)
    for qos in QoS.allCases {
      for _ in 0..<5 { try send(message, qos, &session, &out) }
      var before = allocation_count()
      for _ in 0..<20 { try send(message, qos, &session, &out) }
      let sending = allocation_count() - before
      print(sending, "sending at QoS \(qos.rawValue) in MQTT \(version)")
      for pieceLength in [1000, 1] {
        for _ in 0..<5 { try receive(message, qos, pieceLength, &session, &reader, &out) }
        before = allocation_count()
        for _ in 0..<20 { try receive(message, qos, pieceLength, &session, &reader, &out) }
        let count = allocation_count() - before
        print(count, "receiving at QoS \(qos.rawValue) in MQTT \(version), \(pieceLength) bytes at a time")
      }
    }
  }
}

private enum Failure: Error {
  case notAsExpected
}

private struct Message {
  let topic = Array("sensors/1/temperature".utf8)
  let properties: [UInt8]

  init(_ version: MQTTVersion) {
    // payload format indicator, message expiry interval
    properties = version == .mqtt5 ? [0x01, 0, 0x02, 0, 0, 0, 60] : []
  }
}

private func connected(_ version: MQTTVersion) throws -> ClientSession {
  var session = ClientSession()
  let announced: [UInt8] = version == .mqtt5 ? [0x21, 0, 64] : []  // receive maximum
  let identifier = Array("c".utf8)
  try session.connect(
    ConnectPacket(
      version: version, clientIdentifier: identifier.span, properties: PropertyList(encoded: announced.span)),
    at: 0)
  _ = try session.receive(
    version == .mqtt5 ? ConnAckPacket(reasonCode: .success) : ConnAckPacket(returnCode: .accepted), at: 0)
  return session
}

private func append(_ kind: PublishAcknowledgement.Kind, _ identifier: UInt16, to out: inout [UInt8]) throws {
  try out.append(addingCapacity: 10) { (out) throws(PacketEncodingError) in
    try PublishAcknowledgement(kind, identifier: identifier)
      .encode(into: &out, under: PacketRules(version: .mqtt5, sender: .client))
  }
}

/// PUBLISH, and the acknowledgements up to the last.
private func send(_ message: Message, _ qos: QoS, _ session: inout ClientSession, _ out: inout [UInt8]) throws {
  out.removeAll(keepingCapacity: true)
  let rules = session.sendingRules
  var packet = PublishPacket(
    topic: message.topic.span, qos: qos, properties: PropertyList(encoded: message.properties.span),
    payloadLength: 100)
  packet.identifier = try session.publish(packet).identifier
  try out.append(addingCapacity: 200) { (out) throws(PacketEncodingError) in
    try packet.encode(into: &out, under: rules)
  }
  session.noteSent(at: 0)
  switch qos {
  case .atMostOnce: break
  case .atLeastOnce:
    _ = try session.receive(PublishAcknowledgement(.pubAck, identifier: packet.identifier))
  case .exactlyOnce:
    _ = try session.receive(PublishAcknowledgement(.pubRec, identifier: packet.identifier))
    try append(.pubRel, packet.identifier, to: &out)
    _ = try session.receive(PublishAcknowledgement(.pubComp, identifier: packet.identifier))
  }
}

/// A message as a broker writes it, its payload and the answers.
private func receive(
  _ message: Message, _ qos: QoS, _ pieceLength: Int, _ session: inout ClientSession, _ reader: inout PacketReader,
  _ out: inout [UInt8]
) throws {
  out.removeAll(keepingCapacity: true)
  let rules = session.receivingRules
  let packet = PublishPacket(
    topic: message.topic.span, qos: qos, identifier: qos == .atMostOnce ? 0 : 9,
    properties: PropertyList(encoded: message.properties.span), payloadLength: 100)
  try out.append(addingCapacity: 200) { (out) throws(PacketEncodingError) in
    try packet.encode(into: &out, under: rules)
    out.append(repeating: 7, count: 100)
  }
  var start = 0
  while start < out.count {
    let end = min(start + pieceLength, out.count)
    try take(out.span.extracting(start..<end), &session, &reader)
    start = end
  }
  guard reader.isAtStart, qos == .atMostOnce || session.nextAnswer == 9 else { throw Failure.notAsExpected }
  guard qos != .atMostOnce else { return }
  try append(try session.acknowledge(9).kind, 9, to: &out)
  if qos == .exactlyOnce { _ = try session.receive(PublishAcknowledgement(.pubRel, identifier: 9)) }
}

private func take(_ bytes: Span<UInt8>, _ session: inout ClientSession, _ reader: inout PacketReader) throws {
  session.noteReceived(at: 0)
  let rules = session.receivingRules
  var index = 0
  while true {
    if reader.payloadRemaining > 0 {
      let count = min(reader.payloadRemaining, bytes.count - index)
      reader.takePayload(count)
      index += count
      if reader.payloadRemaining > 0 { return }
      _ = session.publishIsWhole()
    }
    guard let header = try reader.read(bytes, from: &index) else { return }
    guard case .publish(let message) = try Packet(header, body: reader.body(in: bytes), under: rules),
      try session.receive(message) == .deliver
    else { throw Failure.notAsExpected }
  }
}
