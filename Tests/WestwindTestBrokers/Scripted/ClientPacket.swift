public import MQTTProtocol

/// A packet of the client's, with copies of all that it holds.
public enum ClientPacket: Sendable {
  public struct Connect: Sendable {
    public var version: MQTTVersion
    public var clientIdentifier: String
    public var isCleanStart: Bool
    /// Seconds.
    public var keepAlive: Int
    public var userName: String?
    public var password: [UInt8]?
    public var willTopic: String?
    public var properties: Properties
  }

  public struct Publish: Sendable {
    public var topic: String
    public var qos: QoS
    public var isRetained: Bool
    public var isDuplicate: Bool
    /// 0 at QoS 0.
    public var identifier: UInt16
    /// 0 is none.
    public var topicAlias: UInt16
    public var payload: [UInt8]
    public var properties: Properties
  }

  /// Properties as they stand on the wire.
  public struct Properties: Sendable {
    public var encoded: [UInt8]

    /// The first number with this name.
    public func integer(_ id: PropertyID) -> UInt32? {
      PropertyList(encoded: encoded.span).integer(id)
    }
  }

  case connect(Connect)
  case publish(Publish)
  case acknowledgement(PublishAcknowledgement.Kind, identifier: UInt16, ReasonCode)
  case subscribe(identifier: UInt16, [(filter: String, options: SubscriptionOptions)])
  case unsubscribe(identifier: UInt16, [String])
  case pingRequest
  case disconnect(ReasonCode)
  case auth(ReasonCode)
}

extension ClientPacket {
  /// Of PUBLISH without its payload.
  init(_ packet: borrowing Packet) {
    switch packet {
    case .connect(let packet): self = .connect(Connect(packet))
    case .publish(let packet):
      self = .publish(
        Publish(
          topic: packet.topic.text, qos: packet.qos, isRetained: packet.isRetained, isDuplicate: packet.isDuplicate,
          identifier: packet.identifier, topicAlias: packet.topicAlias, payload: [],
          properties: Properties(encoded: packet.properties.encoded.array)))
    case .publishAcknowledgement(let packet):
      self = .acknowledgement(packet.kind, identifier: packet.identifier, packet.reasonCode)
    case .subscribe(let packet):
      var reader = packet.subscriptions.makeReader(.mqtt5)
      var list: [(filter: String, options: SubscriptionOptions)] = []
      while let entry = reader.next() { list.append((entry.filter.encoded.text, entry.options)) }
      self = .subscribe(identifier: packet.identifier, list)
    case .unsubscribe(let packet):
      var reader = packet.filters.makeReader(.mqtt5)
      var list: [String] = []
      while let filter = reader.next() { list.append(filter.encoded.text) }
      self = .unsubscribe(identifier: packet.identifier, list)
    case .ping: self = .pingRequest
    case .disconnect(let packet): self = .disconnect(packet.reasonCode)
    case .auth(let packet): self = .auth(packet.reasonCode)
    // the reader refuses what only a broker sends
    case .connAck, .subscriptionAcknowledgement: fatalError("a broker's packet from a client")
    }
  }
}

extension ClientPacket.Connect {
  fileprivate init(_ packet: borrowing ConnectPacket) {
    version = packet.version
    clientIdentifier = packet.clientIdentifier.text
    isCleanStart = packet.isCleanStart
    keepAlive = Int(packet.keepAlive)
    userName = packet.userName?.text
    password = packet.password?.array
    willTopic = packet.will?.topic.text
    properties = ClientPacket.Properties(encoded: packet.properties.encoded.array)
  }
}

extension Span<UInt8> {
  var array: [UInt8] {
    [UInt8](capacity: count) { out in
      for i in indices { out.append(self[i]) }
    }
  }

  var text: String { String(decoding: array, as: UTF8.self) }
}
