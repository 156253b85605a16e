internal import MQTTProtocol
internal import WebSocket

extension PacketType {
  /// As the specification writes it.
  var name: String { "\(self)".uppercased() }
}

extension PropertyID {
  /// As the specification writes it, in lower case; its number where there is no such property.
  var name: String {
    switch self {
    case .payloadFormatIndicator: "payload format indicator"
    case .messageExpiryInterval: "message expiry interval"
    case .contentType: "content type"
    case .responseTopic: "response topic"
    case .correlationData: "correlation data"
    case .subscriptionIdentifier: "subscription identifier"
    case .sessionExpiryInterval: "session expiry interval"
    case .assignedClientIdentifier: "assigned client identifier"
    case .serverKeepAlive: "server keep alive"
    case .authenticationMethod: "authentication method"
    case .authenticationData: "authentication data"
    case .requestProblemInformation: "request problem information"
    case .willDelayInterval: "will delay interval"
    case .requestResponseInformation: "request response information"
    case .responseInformation: "response information"
    case .serverReference: "server reference"
    case .reasonString: "reason string"
    case .receiveMaximum: "receive maximum"
    case .topicAliasMaximum: "topic alias maximum"
    case .topicAlias: "topic alias"
    case .maximumQoS: "maximum QoS"
    case .retainAvailable: "retain available"
    case .userProperty: "user property"
    case .maximumPacketSize: "maximum packet size"
    case .wildcardSubscriptionAvailable: "wildcard subscription available"
    case .subscriptionIdentifierAvailable: "subscription identifier available"
    case .sharedSubscriptionAvailable: "shared subscription available"
    default: "\(rawValue)"
    }
  }
}

extension ReasonCode {
  /// `0x87`.
  var hex: String {
    let digits = String(rawValue, radix: 16, uppercase: true)
    return "0x" + (digits.count < 2 ? "0" : "") + digits
  }

  /// The specification's words, its number, and what the broker said to it.
  func explained(_ text: String?) -> String {
    let words = "\(explanation) (\(hex))"
    guard let text, !text.isEmpty else { return words }
    return "\(words): \(text.escaped)"
  }

  /// The specification's words (2.4).
  private var explanation: String {
    switch self {
    case .normalDisconnection: "normal disconnection"
    case .disconnectWithWill: "disconnect with will message"
    case .malformedPacket: "malformed packet"
    case .protocolError: "protocol error"
    case .implementationSpecificError: "implementation specific error"
    case .unsupportedProtocolVersion: "unsupported protocol version"
    case .clientIdentifierNotValid: "client identifier not valid"
    case .badUserNameOrPassword: "bad user name or password"
    case .notAuthorized: "not authorized"
    case .serverUnavailable: "server unavailable"
    case .serverBusy: "server busy"
    case .banned: "banned"
    case .serverShuttingDown: "server shutting down"
    case .badAuthenticationMethod: "bad authentication method"
    case .keepAliveTimeout: "keep alive timeout"
    case .sessionTakenOver: "session taken over"
    case .topicFilterInvalid: "topic filter invalid"
    case .topicNameInvalid: "topic name invalid"
    case .receiveMaximumExceeded: "receive maximum exceeded"
    case .topicAliasInvalid: "topic alias invalid"
    case .packetTooLarge: "packet too large"
    case .messageRateTooHigh: "message rate too high"
    case .quotaExceeded: "quota exceeded"
    case .administrativeAction: "administrative action"
    case .payloadFormatInvalid: "payload format invalid"
    case .retainNotSupported: "retain not supported"
    case .qosNotSupported: "QoS not supported"
    case .useAnotherServer: "use another server"
    case .serverMoved: "server moved"
    case .sharedSubscriptionsNotSupported: "shared subscriptions not supported"
    case .connectionRateExceeded: "connection rate exceeded"
    case .maximumConnectTime: "maximum connect time"
    case .subscriptionIdentifiersNotSupported: "subscription identifiers not supported"
    case .wildcardSubscriptionsNotSupported: "wildcard subscriptions not supported"
    default: "unspecified error"
    }
  }
}

extension ConnectReturnCode {
  /// The words of MQTT 3.1.1 (3.2.2.3).
  var explanation: String {
    switch self {
    case .accepted: "accepted"
    case .unacceptableProtocolVersion: "unacceptable protocol version"
    case .identifierRejected: "identifier rejected"
    case .serverUnavailable: "server unavailable"
    case .badUserNameOrPassword: "bad user name or password"
    case .notAuthorized: "not authorized"
    }
  }
}
