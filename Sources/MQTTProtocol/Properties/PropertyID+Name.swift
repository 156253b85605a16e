extension PropertyID {
  /// The specification's words for it, in lower case (table 2-4); nil where there is no such property.
  public var name: String? {
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
    default: nil
    }
  }
}
