internal import MQTTProtocol
internal import WestwindSockets

extension MQTTClient {
  /// Sends again what an earlier connection left unanswered, as far as the broker takes it now.
  func resend() throws(MQTTError) {
    try gather { () throws(MQTTError) in
      while outbox.isOpen, let next = session.nextResend() {
        switch next {
        case .release(let identifier): try append(.pubRel, identifier, .success)
        case .publish(let identifier, let qos): try resend(identifier, qos)
        }
      }
    }
  }

  private func resend(_ identifier: UInt16, _ qos: QoS) throws(MQTTError) {
    var refusal: SessionRefusal?
    var remaining = 0
    try store.withPacket(identifier) { (packet) throws(MQTTError) in
      let source = outbox.sources[identifier]
      guard let length = unsafe packetLength(packet.bytes), length == packet.count || source != nil else {
        refusal = .recordDoesNotFit
        return
      }
      refusal = session.broker.refusal(qos, isRetained: packet[0] & 1 != 0, packetLength: length)
      guard refusal == nil else { return }
      // [MQTT-3.3.1-1]
      let first = session.resendsAreNew ? packet[0] & ~8 : packet[0] | 8
      outbox.bytes.append(first)
      let copied = min(packet.count, Outbox.gatheredPayload)
      outbox.bytes.append(addingCapacity: copied) { $0.append(packet.extracting(1..<copied)) }
      remaining = length - packet.count
      if copied < packet.count {
        // Sound: bytes have no padding.
        try unsafe flush(payload: packet.extracting(copied..<packet.count).bytes, remaining: remaining)
      }
    }
    if let refusal {
      try keep(session.abandon(identifier))
      keepSource(nil, for: identifier)
      return tell(.abandoned(identifier: identifier, refusal))
    }
    if let source = outbox.sources[identifier] { return try send(source, length: remaining) }
    try flushUnlessGathering()
  }
}

extension BrokerLimits {
  /// Why a message of an earlier connection cannot be sent to this broker; nil where it can.
  fileprivate func refusal(_ qos: QoS, isRetained: Bool, packetLength: Int) -> SessionRefusal? {
    if qos > maximumQoS { return .qosNotSupported(maximumQoS) }
    if isRetained, !retainAvailable { return .retainNotSupported }
    if let maximumPacketSize, packetLength > maximumPacketSize {
      return .packetTooLarge(size: packetLength, limit: maximumPacketSize)
    }
    return nil
  }
}
