public import MQTTProtocol

extension SessionRefusal {
  /// One line.
  var explanation: String {
    switch self {
    case .notInThisState: "not now: CONNACK has not come, or the connection is ending"
    case .violation(let violation): violation.explanation
    case .noFreeIdentifier: "as many packets wait for answers as there is room for (limits.outgoing): wait for one"
    case .identifierNotFree(0): "0 is no packet identifier"
    case .identifierNotFree(let identifier): "the packet \(identifier) waits for its answer"
    case .windowFull(let limit):
      "\(limit) messages wait for answers, which is the broker's receive maximum: wait for one"
    case .resendFirst: "messages of the connection before go first: wait for an answer"
    case .packetTooLarge(let size, let limit): "the packet has \(size) bytes, and the broker takes \(limit)"
    case .qosNotSupported(let qos): "the broker takes QoS \(qos.rawValue) at most"
    case .retainNotSupported: "the broker keeps no retained messages"
    case .wildcardSubscriptionsNotSupported: "the broker has no wildcard subscriptions"
    case .subscriptionIdentifiersNotSupported: "the broker has no subscription identifiers"
    case .sharedSubscriptionsNotSupported: "the broker has no shared subscriptions"
    case .topicAliasTooGreat(let alias, let limit): "the topic alias \(alias) is over the broker's maximum of \(limit)"
    case .topicAliasUnknown(let alias): "the topic alias \(alias) stands for nothing on this connection"
    case .answerOutOfOrder(let first?): "message \(first) is to be answered first"
    case .answerOutOfOrder(nil): "no message waits to be answered"
    case .reasonCode(let code): "the reason code \(code.hex) may not be sent here"
    case .sessionExpiryNotAllowed: "a session expiry interval cannot be set at the end where CONNECT had none"
    case .authenticationNotAllowed: "it is not this side's turn to authenticate, or the method is another"
    case .receiveMaximumBeyondLimit(let value): "the receive maximum \(value) is over limits.incoming"
    case .topicAliasMaximumBeyondLimit(let value): "the topic alias maximum \(value) is over limits.incomingAliases"
    case .recordDoesNotFit: "what is kept of the message does not fit the session"
    }
  }
}

extension PacketEncodingError {
  /// One line.
  var explanation: String {
    switch self {
    case .violation(let violation): violation.explanation
    case .fieldTooLong(let count): "a text or field has \(count) bytes, and 65535 is the limit"
    case .packetTooLong(let count): "the packet would have over 268435455 bytes: \(count) of payload"
    case .noRoom(let needed): "the packet needs \(needed) bytes of room"
    }
  }
}

extension SessionRefusal: CustomStringConvertible {
  public var description: String { explanation }
}

extension PacketEncodingError: CustomStringConvertible {
  public var description: String { explanation }
}

extension MQTTViolation: CustomStringConvertible {
  public var description: String { explanation }
}

extension PropertyList.AppendError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongKind(let id): "the property \(id.words) has values of another kind"
    case .value(let id, let value): "the property \(id.words) cannot be \(value)"
    case .tooLong(let id, let count): "the property \(id.words) has \(count) bytes, and 65535 is the limit"
    case .noRoom(let needed): "the property needs \(needed) bytes of room"
    }
  }
}
