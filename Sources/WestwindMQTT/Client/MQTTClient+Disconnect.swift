public import MQTTProtocol
public import WestwindConnecting
public import WestwindSockets

extension MQTTClient {
  /// Sends what waits and DISCONNECT, and closes the connection. The event `disconnect` comes with nil.
  ///
  /// - Parameters:
  ///   - reasonCode: of MQTT 5.0; `.disconnectWithWill` has the will published.
  ///   - properties: of MQTT 5.0; `sessionExpiryInterval` changes what CONNECT said.
  ///   - timeout: how long the broker may take to close its side.
  /// - Throws: `refused`, `invalidArgument`: it cannot be sent so, and the connection is as it was. Any other: it could
  ///   not be sent, and the connection is over.
  ///
  /// Zephyr's function is `mqtt_disconnect`.
  public func disconnect(
    reasonCode: ReasonCode = .normalDisconnection, properties: MQTTProperties = MQTTProperties(),
    timeout: Timeout = .close
  ) throws(MQTTError) {
    guard link != nil else { throw .notConnected }
    try sendDisconnect(DisconnectPacket(reasonCode: reasonCode, properties: properties.list))
    close(timeout: timeout)
    tell(.disconnect(nil))
  }

  /// Closes the connection without a word, so that the broker publishes the will. The event `disconnect` comes with
  /// `aborted`. Without effect where there is no connection.
  ///
  /// Zephyr's function is `mqtt_abort`.
  public func abort() {
    _ = fail(.aborted)
  }

  /// Sends AUTH: the answer to the broker's, or the beginning of a re-authentication (MQTT 5.0 4.12). CONNECT's
  /// `authenticationMethod` and `authenticationData` are among `MQTTConfiguration.properties`.
  ///
  /// - Parameters:
  ///   - reasonCode: `.continueAuthentication` or `.reauthenticate`.
  ///   - properties: with CONNECT's authentication method.
  ///
  /// Zephyr's function is `mqtt_auth`.
  public func authenticate(_ reasonCode: ReasonCode, properties: MQTTProperties) throws(MQTTError) {
    guard link != nil else { throw .notConnected }
    let packet = AuthPacket(reasonCode: reasonCode, properties: properties.list)
    let rules = session.sendingRules
    let start = outbox.bytes.count
    try append(packet.encodedLength) { (out) throws(PacketEncodingError) in try packet.encode(into: &out, under: rules)
    }
    do throws(SessionRefusal) { try session.authenticate(packet) } catch {
      outbox.bytes.removeLast(outbox.bytes.count - start)
      throw .refused(error)
    }
    try flushUnlessGathering()
  }

  private func sendDisconnect(_ packet: DisconnectPacket) throws(MQTTError) {
    let rules = session.sendingRules
    let start = outbox.bytes.count
    try append(packet.encodedLength) { (out) throws(PacketEncodingError) in try packet.encode(into: &out, under: rules)
    }
    do throws(SessionRefusal) { try session.disconnect(packet) } catch {
      outbox.bytes.removeLast(outbox.bytes.count - start)
      throw .refused(error)
    }
    try flush()
  }

  /// Ends the connection for a reason, and tells the application, once.
  ///
  /// - Returns: the reason, to be thrown.
  @inline(never) func fail(_ error: MQTTError) -> MQTTError {
    guard link != nil else { return error }
    if case .violation(let violation) = error { sayWhy(violation) }
    close(timeout: .immediate)
    tell(.disconnect(error))
    return error
  }

  /// [MQTT-4.13.1-1]: DISCONNECT with the reason code, as far as that leaves without waiting.
  private func sayWhy(_ violation: MQTTViolation) {
    let packet = DisconnectPacket(reasonCode: violation.reasonCode)
    let rules = session.sendingRules
    guard session.version == .mqtt5, session.state == .connected, let transport = link?.transport else { return }
    // nothing is in the middle of a packet: those that waited go first
    do {
      try outbox.bytes.append(addingCapacity: packet.encodedLength) { (out) throws(PacketEncodingError) in
        try packet.encode(into: &out, under: rules)
      }
      let waiting = outbox.bytes
      // Sound: bytes have no padding.
      try unsafe transport.write(waiting.span.bytes, timeout: .immediate)
    } catch {
      // the broker learns it from the end of the stream
    }
  }

  /// Closes the transport, and tells session and store so.
  func close(timeout: Timeout) {
    // First, since other threads may poll it, and ask it for what is the transport's.
    link?.socket.retire()
    link?.transport.disconnect(timeout: timeout)
    link = nil
    outbox.isOpen = false
    outbox.bytes.removeAll(keepingCapacity: true)
    if let record = session.connectionEnded(at: MQTTClient.now) {
      // what a store does not forget now it is told at the next connection
      try? store.write(record)
    }
    try? store.commit()
  }
}
