internal import MQTTProtocol

extension AgentLoop {
  func take(_ client: MQTTClient, _ event: borrowing MQTTEvent) {
    switch event {
    case .connAck(let packet, let result):
      guard packet.isAccepted else { return }
      isConnected = true
      backoff.reset()
      if result != .resumed { beginSession() }
      core.onEvent(.connected(isSessionPresent: packet.isSessionPresent))
    case .disconnect(let error):
      failure = error
      core.onEvent(.disconnected(error))
    case .publish(let packet): deliver(packet)
    case .pubAck(let packet), .pubComp(let packet): finish(packet.identifier, .success(packet.reasonCode))
    case .pubRec(let packet):
      if packet.reasonCode.isError { finish(packet.identifier, .success(packet.reasonCode)) }
    case .abandoned(let identifier, let refusal):
      finish(identifier, .failure(.refused(refusal)))
      core.onEvent(.abandoned(refusal))
    case .subAck(let packet), .unsubAck(let packet):
      var codes: [ReasonCode] = []
      for i in packet.reasonCodes.indices { codes.append(ReasonCode(rawValue: packet.reasonCodes[i])) }
      requests.removeValue(forKey: packet.identifier)?.completion(.success(codes))
    case .pubRel, .pingResp, .auth: break
    }
  }

  private func finish(_ identifier: UInt16, _ result: Result<ReasonCode, MQTTAgentError>) {
    inFlight.removeValue(forKey: identifier)?(result)
  }

  /// The broker has no session of before: it is told the subscriptions anew, and messages that it had taken over are
  /// done.
  private func beginSession() {
    var kept: Set<UInt16> = []
    var last: UInt16?
    while let next = client.session.nextOutstanding(after: last) {
      kept.insert(next.identifier)
      last = next.identifier
    }
    for (identifier, completion) in inFlight where !kept.contains(identifier) {
      inFlight[identifier] = nil
      completion(.success(.success))
    }
    let again = subscriptions
    core.state.withLock { state in
      for (subscription, properties) in again.reversed() {
        state.requests.insert(Request(kind: .subscribe([subscription], properties)) { _ in }, at: 0)
      }
    }
  }

  private func deliver(_ packet: PublishPacket) {
    var name: [UInt8] = []
    name.append(addingCapacity: packet.topic.count) { $0.append(packet.topic) }
    let topic = String(decoding: name, as: UTF8.self)
    do throws(MQTTError) {
      let payload = try client.readPublishPayload(
        maximum: core.configuration.maximumPayload, timeout: core.configuration.payloadTimeout)
      guard let payload else {
        core.onEvent(.messageTooLarge(topic: topic, payloadLength: packet.payloadLength))
        return
      }
      core.onEvent(
        .message(
          MQTTMessage(
            topic: topic, payload: payload, qos: packet.qos, isRetained: packet.isRetained,
            isDuplicate: packet.isDuplicate, properties: MQTTProperties(copying: packet.properties))))
    } catch {
      // where the connection is over already, this does nothing
      _ = client.fail(error)
    }
  }
}
