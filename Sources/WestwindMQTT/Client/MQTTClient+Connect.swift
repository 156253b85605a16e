internal import MQTTProtocol
internal import SystemPackage
internal import WestwindConfiguration
public import WestwindConnecting
public import WestwindSockets
public import WestwindTLS

extension MQTTClient {
  /// What to poll for input, by `SocketDescriptor.poll`, `poll(2)` or `epoll`; nil where there is no connection. It is
  /// another one after each `connect`.
  ///
  /// `SocketDescriptor.poll` says readable if bytes of MQTT have come, or time asks for something; `poll(2)` also for what is
  /// TLS's or the WebSocket's alone, which `input` then takes in. Socket options, names and `shutdown` are those of the socket
  /// below; `SO_SNDTIMEO` takes the place of `writeTimeout`. Nothing can be sent or received on it (`EOPNOTSUPP`), and `close`
  /// ends the connection, which the next `input` tells.
  public var descriptor: SocketDescriptor? {
    (link?.socket.number).map { SocketDescriptor(rawValue: $0) }
  }

  /// What TLS with the broker was agreed on, and what its certificate is; nil if there is no connection, or no TLS in it. A
  /// transport of the application's own has it if its descriptor is one of the library's.
  public var tlsInfo: TLSInfo? {
    guard let descriptor = link?.socket.descriptorBelow else { return nil }
    return WestwindTLS.tlsInfo(descriptor)
  }

  /// Connects the transport and sends CONNECT. It does not wait for CONNACK, which comes as an event.
  ///
  /// - Parameter timeout: how long connecting may take in all.
  /// - Throws: `transport`: the broker cannot be reached. `refused`, `invalidArgument`: CONNECT cannot be sent as it is
  ///   configured, or a number of the configuration is out of its range. `store`. `alreadyConnected`. Nothing is left open, and no event comes.
  ///
  /// Zephyr's function is `mqtt_connect`.
  public func connect(timeout: Timeout = .connect) throws(MQTTError) {
    guard BuildConfiguration.MQTT_LIB else { throw .notSupported(symbol: "MQTT_LIB") }
    guard !isInside else { throw .insideCallback }
    guard link == nil else { throw .alreadyConnected }
    try configuration.check()
    if !isRestored { try restore() }

    received.removeAll(keepingCapacity: true)
    received.reserveCapacity(configuration.bufferSize)
    outbox.bytes.removeAll(keepingCapacity: true)
    outbox.bytes.reserveCapacity(configuration.bufferSize + Outbox.gatheredPayload)
    receivedIndex = 0
    incoming = nil
    payloadSoFar = []
    earlyAnswer = nil
    isSkipping = false
    duplicates = []
    reader?.reset()
    try appendConnect()
    do throws(MQTTError) {
      let transport = try transportKind.make()
      let descriptor: SocketDescriptor
      do throws(MQTTTransportError) { descriptor = try transport.connect(timeout: timeout) } catch {
        throw .transport(error)
      }
      do throws(Errno) {
        let socket = try ClientSocket(over: descriptor)
        let deadline = Deadline(configuration.connAckTimeout)
        link = Link(
          transport: transport, socket: socket,
          connAckDeadline: deadline == .forever ? nil : UInt64(deadline.nanoseconds) / 1_000_000, timer: nil)
      } catch {
        transport.disconnect(timeout: .immediate)
        throw .system(error)
      }
      outbox.isOpen = true
      try flush()
      try armTimer()
    } catch {
      close(timeout: .immediate)
      throw error
    }
  }

  /// Gives the session what the store remembers.
  private func restore() throws(MQTTError) {
    let records: [StoreRecord]
    do throws(MQTTStoreError) { records = try store.records() } catch { throw .store(error) }
    for record in records {
      do throws(SessionRefusal) { try session.restore(record) } catch { throw .store(.recordsDoNotFit) }
    }
    if !configuration.isCleanStart {
      // idle, or it could not have been restored
      try? session.assumeSession()
    }
    isRestored = true
  }

  private func appendConnect() throws(MQTTError) {
    let properties = try connectProperties().encoded
    let identifier = Array(configuration.clientIdentifier.utf8)
    let userName = configuration.userName.map { Array($0.utf8) }
    let password = configuration.password
    guard let will = configuration.will else {
      return try append(
        ConnectPacket(
          version: configuration.version, clientIdentifier: identifier.span, isCleanStart: configuration.isCleanStart,
          keepAlive: configuration.keepAlive, properties: PropertyList(encoded: properties.span),
          userName: userName?.span, password: password?.span))
    }
    let (topic, payload, willProperties) = (Array(will.topic.utf8), will.payload, will.properties.encoded)
    try append(
      ConnectPacket(
        version: configuration.version, clientIdentifier: identifier.span, isCleanStart: configuration.isCleanStart,
        keepAlive: configuration.keepAlive, properties: PropertyList(encoded: properties.span),
        will: WillMessage(
          topic: topic.span, payload: payload.span, qos: will.qos, isRetained: will.isRetained,
          properties: PropertyList(encoded: willProperties.span)),
        userName: userName?.span, password: password?.span))
  }

  private func append(_ packet: ConnectPacket) throws(MQTTError) {
    let now = MQTTClient.now
    do throws(SessionRefusal) { try session.connect(packet, pingTimeout: configuration.pingTimeout, at: now) } catch {
      throw .refused(error)
    }
    do throws(PacketEncodingError) {
      try outbox.bytes.append(addingCapacity: packet.encodedLength) { (out) throws(PacketEncodingError) in
        try packet.encode(into: &out)
      }
    } catch {
      _ = session.connectionEnded(at: now)
      throw .invalidArgument(.packet(error))
    }
  }

  private func connectProperties() throws(MQTTError) -> MQTTProperties {
    var properties = configuration.properties
    guard configuration.version == .mqtt5 else { return properties }
    if configuration.sessionExpiryInterval > 0 {
      try properties.append(.sessionExpiryInterval, configuration.sessionExpiryInterval)
    }
    try properties.append(.receiveMaximum, UInt32(configuration.limits.incoming))
    if configuration.limits.incomingAliases > 0 {
      try properties.append(.topicAliasMaximum, UInt32(configuration.limits.incomingAliases))
    }
    if configuration.maximumPacketSize < 268_435_460 {
      try properties.append(.maximumPacketSize, UInt32(clamping: max(1, configuration.maximumPacketSize)))
    }
    return properties
  }
}
