/// Any control packet (chapter 3), read from bytes that are whole. Its fields are views of those bytes.
public enum Packet: ~Escapable {
  case connect(ConnectPacket)
  case connAck(ConnAckPacket)
  /// Up to its payload.
  case publish(PublishPacket)
  case publishAcknowledgement(PublishAcknowledgement)
  case subscribe(SubscribePacket)
  case subscriptionAcknowledgement(SubscriptionAcknowledgement)
  case unsubscribe(UnsubscribePacket)
  case ping(PingPacket)
  case disconnect(DisconnectPacket)
  case auth(AuthPacket)

  /// Reads a packet.
  ///
  /// - Parameters:
  ///   - header: the packet's, as `FixedHeaderParser` gave it.
  ///   - body: all bytes behind the fixed header; of PUBLISH only those before the payload.
  ///   - rules: what its sender is held to.
  /// - Throws: the first rule found broken.
  @_lifetime(copy body)
  public init(_ header: FixedHeader, body: Span<UInt8>, under rules: PacketRules) throws(MQTTViolation) {
    switch header.type {
    case .connect: self = .connect(try ConnectPacket(body: body))
    case .connAck: self = .connAck(try ConnAckPacket(body: body, under: rules))
    case .publish: self = .publish(try PublishPacket(header, variableHeader: body, under: rules))
    case .pubAck: self = .publishAcknowledgement(try PublishAcknowledgement(.pubAck, body: body, under: rules))
    case .pubRec: self = .publishAcknowledgement(try PublishAcknowledgement(.pubRec, body: body, under: rules))
    case .pubRel: self = .publishAcknowledgement(try PublishAcknowledgement(.pubRel, body: body, under: rules))
    case .pubComp: self = .publishAcknowledgement(try PublishAcknowledgement(.pubComp, body: body, under: rules))
    case .subscribe: self = .subscribe(try SubscribePacket(body: body, under: rules))
    case .subAck:
      self = .subscriptionAcknowledgement(try SubscriptionAcknowledgement(.subAck, body: body, under: rules))
    case .unsubscribe: self = .unsubscribe(try UnsubscribePacket(body: body, under: rules))
    case .unsubAck:
      self = .subscriptionAcknowledgement(try SubscriptionAcknowledgement(.unsubAck, body: body, under: rules))
    case .pingReq: self = .ping(PingPacket(.request))
    case .pingResp: self = .ping(PingPacket(.response))
    case .disconnect: self = .disconnect(try DisconnectPacket(body: body, under: rules))
    case .auth: self = .auth(try AuthPacket(body: body, under: rules))
    }
  }
}
