internal import MQTTProtocol

extension MQTTViolation {
  /// One line, without its beginning and end.
  var explanation: String {
    switch self {
    case .reservedPacketType(let type): "there is no packet type \(type)"
    case .reservedFlags(let type, let flags): "\(type.name) cannot have the flags \(flags)"
    case .publishQoS3: "PUBLISH has QoS 3"
    case .dupOnQoS0: "a message of QoS 0 has DUP set"
    case .wrongDirection(let type): "\(type.name) is only sent by the other side"
    case .variableByteIntegerTooLong: "a variable byte integer has a fifth byte"
    case .variableByteIntegerNotMinimal: "a variable byte integer has more bytes than it needs"
    case .remainingLengthImpossible(let type, let length): "\(type.name) cannot have a remaining length of \(length)"
    case .packetTooLarge(let size, let limit): "a packet has \(size) bytes, and \(limit) is the maximum packet size"
    case .bufferTooSmall(let limit):
      "a packet has more than \(limit) bytes before its payload, which is the limit here (packetBufferSize)"
    case .truncated: "a field reaches past the packet's end"
    case .trailingBytes(let count): "\(count) bytes follow the packet's last field"
    case .textNotUTF8: "a text is not UTF-8"
    case .textHasNull: "a text has U+0000 in it"
    case .packetIdentifierZero: "the packet identifier is 0"
    case .reasonCodeNotAllowed(let type, let code):
      "\(type.name) cannot have the code \(ReasonCode(rawValue: code).hex)"
    case .propertyUnknown(let number): "there is no property \(number)"
    case .propertyNotAllowed(let id): "the property \(id.name) has no place here"
    case .propertyTwice(let id): "the property \(id.name) is there twice"
    case .propertyValue(let id, let value): "the property \(id.name) cannot be \(value)"
    case .authenticationMethodMissing: "the authentication method is missing"
    case .responseTopicWildcard: "a response topic has a wildcard in it"
    case .subscriptionIdentifierFromClient: "a client's PUBLISH has a subscription identifier"
    case .topicNameEmpty: "a topic name is empty"
    case .topicNameWildcard: "a topic name has a wildcard in it"
    case .topicFilterEmpty: "a topic filter is empty"
    case .multiLevelWildcardNotLast: "'#' in a topic filter has to be a level of its own, and the last"
    case .singleLevelWildcardNotAlone: "'+' in a topic filter has to be a level of its own"
    case .shareNameEmpty: "a shared subscription has no share name"
    case .shareNameWildcard: "a share name has a wildcard in it"
    case .sharedFilterMissing: "a shared subscription has no filter behind its share name"
    case .protocolName: "the protocol name is not MQTT"
    case .protocolVersion(let version): "the protocol version is \(version)"
    case .connectReservedFlag: "the reserved flag of CONNECT is set"
    case .willFlagsWithoutWill: "CONNECT has will QoS or will retain without a will"
    case .willQoS3: "the will has QoS 3"
    case .passwordWithoutUserName: "a password needs a user name in MQTT 3.1.1"
    case .clientIdentifierEmpty: "an empty client identifier needs a clean session in MQTT 3.1.1"
    case .connAckReservedFlags(let flags): "CONNACK has the reserved flags \(flags)"
    case .sessionPresentWithRefusal: "CONNACK refuses, and says that a session is present"
    case .emptyList(let type): "\(type.name) has an empty list"
    case .subscriptionOptionsReserved(let byte): "the subscription options \(byte) have reserved bits"
    case .subscriptionQoS3: "a subscription has QoS 3"
    case .retainHandling3: "a subscription has the retain handling 3"
    case .noLocalOnShared: "a shared subscription cannot have no local"
    case .unexpectedPacket(let type): "\(type.name) has no place here"
    case .sessionPresentUnexpected: "a session is present that this client does not have, or did not ask for"
    case .assignedClientIdentifierMissing: "the broker assigned no client identifier"
    case .authenticationMethodChanged: "the authentication method is another than CONNECT's"
    case .responseInformationNotRequested: "response information came without being asked for"
    case .problemInformationNotRequested(let type): "\(type.name) has problem information that was not asked for"
    case .topicAliasInvalid(let alias): "the topic alias \(alias) is 0, or over the maximum"
    case .topicAliasUnknown(let alias): "the topic alias \(alias) stands for nothing yet"
    case .receiveMaximumExceeded(let limit):
      "more than \(limit) messages wait for answers, which is the receive maximum"
    case .acknowledgementNotExpected(let type, let identifier): "\(type.name) does not answer packet \(identifier)"
    case .reasonCodeCount(let expected, let received): "\(received) reason codes came for \(expected) topic filters"
    case .packetIdentifierInUse(let identifier): "the packet identifier \(identifier) is in use"
    case .incomingTableFull(let limit):
      "\(limit) incoming messages wait for answers, which is the limit here (four times limits.incoming)"
    case .aliasedTopicTooLong(let length, let limit):
      "a topic behind an alias has \(length) bytes, and \(limit) is the limit here (limits.aliasedTopicLength)"
    }
  }
}
