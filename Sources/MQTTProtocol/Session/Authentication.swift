/// Whose turn it is in an enhanced authentication (4.12).
enum Authentication: Sendable, Hashable {
  /// CONNECT named no method.
  case none
  case awaitingBroker
  case awaitingClient
  /// Nothing under way; the client may begin anew (4.12.1).
  case done
}

extension ClientSession {
  /// What AUTH from the broker asks for.
  public enum AuthenticationStep: Sendable, Hashable {
    /// Answer with AUTH, reason code continue authentication ([MQTT-4.12.0-3]).
    case answer
    /// The re-authentication that this side began is done.
    case finished
  }

  /// Takes AUTH.
  public mutating func receive(_ packet: borrowing AuthPacket) throws(MQTTViolation) -> AuthenticationStep {
    // [MQTT-4.12.0-6]; out of turn: [MQTT-4.12.0-2]
    guard state == .connecting || state == .connected, authentication == .awaitingBroker else {
      throw .unexpectedPacket(.auth)
    }
    // [MQTT-4.12.0-5], [MQTT-4.12.1-1]
    guard hasRightMethod(packet.properties) else { throw .authenticationMethodChanged }
    try checkProblemInformation(packet.properties, in: .auth)
    if packet.reasonCode == .continueAuthentication {
      authentication = .awaitingClient
      return .answer
    }
    // success before the connection stands is what CONNACK says
    guard packet.reasonCode == .success, state == .connected else { throw .unexpectedPacket(.auth) }
    authentication = .done
    return .finished
  }

  /// Notes AUTH, which is to be sent as soon as this returns: the answer to the broker's, or the beginning of a
  /// re-authentication.
  public mutating func authenticate(_ packet: borrowing AuthPacket) throws(SessionRefusal) {
    guard state == .connecting || state == .connected else { throw .notInThisState }
    let isInTurn =
      packet.reasonCode == .continueAuthentication && authentication == .awaitingClient
      || packet.reasonCode == .reauthenticate && authentication == .done && state == .connected
    // [MQTT-4.12.0-7], [MQTT-4.12.0-3], [MQTT-4.12.1-1]
    guard isInTurn, hasRightMethod(packet.properties) else { throw .authenticationNotAllowed }
    authentication = .awaitingBroker
  }

  func hasRightMethod(_ properties: borrowing PropertyList) -> Bool {
    guard let given = properties.bytes(.authenticationMethod) else { return authenticationMethod == nil }
    guard let authenticationMethod else { return false }
    return authenticationMethod.span.isSame(as: given)
  }
}
