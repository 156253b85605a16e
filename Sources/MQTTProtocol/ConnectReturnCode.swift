/// What the CONNACK of MQTT 3.1.1 says (3.1.1 3.2.2.3).
public enum ConnectReturnCode: UInt8, Sendable, Hashable, CaseIterable {
  case accepted = 0
  case unacceptableProtocolVersion = 1
  case identifierRejected = 2
  case serverUnavailable = 3
  case badUserNameOrPassword = 4
  case notAuthorized = 5
}
