import MQTTProtocol
import SampleSupport
import SystemPackage
import Westwind
import WestwindMQTT

/// What to tell the user about a call on the client that failed.
///
/// - Parameter task: what was being done, to follow "while".
func mqttFailure(_ error: MQTTError, while task: String, url: BrokerURL, limit: Duration) -> Failure {
  switch error {
  case .transport(let error): return transportFailure(error, while: task, url: url, limit: limit)
  case .invalidArgument(let mistake): return .wrongUse("\(text(mistake)); correct the flags")
  case .refused(let refusal): return refusalFailure(refusal)
  case .connectionRefused(let code, let version, let properties):
    return connectionFailure(code, version, said(properties))
  case .noConnAck:
    return .network(
      "\(url.description) took the connection but did not answer CONNECT within \(seconds(limit)):"
        + " is it an MQTT broker? If it is slow, raise --timeout")
  case .keepAliveExpired:
    return .network("the broker answers no more (keep alive) while \(task): look at the network")
  case .disconnected(let code, let properties):
    return .network(
      "the broker ended the connection while \(task): \(code.text)\(said(properties)); look into its log")
  case .violation(let violation):
    return .network("the broker broke the protocol while \(task) (\(violation)): look into its log")
  case .payloadSource(let reason): return .wrongUse("cannot read the file: \(reason); check what it is")
  case .notConnected: return .network("the connection ended while \(task): look into the broker's log")
  case .notSupported(let symbol): return .wrongUse("this build has no \(symbol): switch it on in .config")
  case .alreadyConnected, .insideCallback, .payloadUnread, .store, .aborted, .system:
    return .network("the client failed while \(task): \(error)")
  }
}

/// What a broker of MQTT 5.0 adds to its reason code.
private func said(_ properties: MQTTProperties) -> String {
  let reason = properties.text(.reasonString).map { ", '\(printable($0))'" } ?? ""
  let server = properties.text(.serverReference).map { ", it names the server '\(printable($0))'" } ?? ""
  return reason + server
}

private func transportFailure(
  _ error: MQTTTransportError, while task: String, url: BrokerURL, limit: Duration
) -> Failure {
  switch error {
  case .connect(let error): return connectFailure(error, limit: limit)
  case .handshake(let error):
    guard let webSocket = url.webSocket, let error = error as? WebSocketError else {
      return .network("cannot connect to \(url.description): \(error)")
    }
    return openingFailure(error, url: webSocket, limit: limit)
  case .subprotocol(let offered, let chosen):
    let answer = chosen.map { "chose '\(printable($0))'" } ?? "chose none"
    return .network(
      "\(url.description) was offered the subprotocol \(offered.joined(separator: ", ")) and \(answer):"
        + " is it a broker, and the path the one for MQTT?")
  case .timedOut, .wouldBlock:
    return .network("timed out after \(seconds(limit)) while \(task): raise --timeout if the broker is slow")
  case .closed, .notConnected:
    return .network("the broker ended the connection while \(task): look into its log")
  case .webSocketClosed(let code, reason: _):
    let code = code.map { ", code \($0)" } ?? ""
    return .network("the broker closed the WebSocket while \(task)\(code): look into its log")
  case .textFrame:
    return .network("the broker sent a text frame, where MQTT wants binary: is it a broker?")
  case .webSocket(let error):
    return .network("the WebSocket broke while \(task): \(error)")
  case .connectionLost(let error):
    return .network("the connection broke while \(task) (\(error)): look into the broker's log and at the network")
  }
}

private func connectionFailure(_ code: ReasonCode, _ version: MQTTVersion, _ said: String) -> Failure {
  let reason: String
  let kind: ReasonCode
  if version == .mqtt311, let code = ConnectReturnCode(rawValue: code.rawValue) {
    reason = code.text
    kind =
      switch code {
      case .badUserNameOrPassword: .badUserNameOrPassword
      case .notAuthorized: .notAuthorized
      case .identifierRejected: .clientIdentifierNotValid
      case .unacceptableProtocolVersion: .unsupportedProtocolVersion
      case .accepted, .serverUnavailable: .serverUnavailable
      }
  } else {
    reason = code.text
    kind = code
  }
  let hint =
    switch kind {
    case .badUserNameOrPassword, .notAuthorized: "check --user and --password"
    case .clientIdentifierNotValid: "give it another --client-id"
    case .unsupportedProtocolVersion: "try the other --version"
    case .serverUnavailable, .serverBusy: "try again later"
    default: "look into its log"
    }
  return .network("the broker does not take this client, \(reason)\(said): \(hint)")
}

private func refusalFailure(_ refusal: SessionRefusal) -> Failure {
  switch refusal {
  case .packetTooLarge(let size, let limit):
    .network("a packet of \(grouped(size)) bytes is more than the broker takes, \(grouped(limit)): send less at once")
  case .qosNotSupported(let qos): .network("the broker takes QoS \(qos.rawValue) at most: lower --qos")
  case .retainNotSupported: .network("the broker keeps no messages: leave out --retain")
  case .wildcardSubscriptionsNotSupported: .network("the broker has no wildcard subscriptions: name the topics in full")
  case .sharedSubscriptionsNotSupported: .network("the broker has no shared subscriptions: leave out '$share/'")
  case .subscriptionIdentifiersNotSupported:
    .network("the broker has no subscription identifiers: leave out --property subscription-identifier")
  case .violation(let violation): .wrongUse("the packet would break the protocol (\(violation)); correct the flags")
  default: .network("the session does not let this be sent now: \(refusal)")
  }
}

private func text(_ mistake: MQTTError.InvalidArgument) -> String {
  switch mistake {
  case .url(let error): "\(error)"
  case .packet(.violation(let violation)): "the packet would break the protocol (\(violation))"
  case .packet(.fieldTooLong(let size)): "a text of \(grouped(size)) bytes is longer than 65,535"
  case .packet(.packetTooLong(let size)): "a packet of \(grouped(size)) bytes is longer than 268,435,455"
  case .packet(.noRoom(let size)): "there is no room for \(grouped(size)) bytes"
  case .property(let error): "a property cannot be so (\(error))"
  case .payloadSourceNotKept: "the store does not keep payloads from a file"
  case .outOfRange, .durationNegative: "\(mistake)"
  }
}
