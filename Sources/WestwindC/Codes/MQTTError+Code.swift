internal import MQTTProtocol
package import SystemPackage
internal import Westwind
internal import WestwindConnecting
package import WestwindMQTT
internal import WestwindPlatform

extension MQTTError {
  /// What the functions of `<zephyr/net/mqtt.h>` say for this error, and the event `MQTT_EVT_DISCONNECT` where it ends the
  /// connection.
  package var code: Errno {
    switch self {
    case .invalidArgument: .invalidArgument
    case .refused(let refusal): refusal.code
    case .notConnected: .socketNotConnected
    case .alreadyConnected: .socketIsConnected
    case .insideCallback, .payloadUnread: .resourceBusy
    case .notSupported: .notSupported
    case .transport(let error): error.code
    case .connectionRefused: .connectionRefused
    case .noConnAck, .keepAliveExpired: .timedOut
    case .violation(let violation): violation.code
    case .disconnected: .connectionReset
    case .store, .payloadSource: .ioError
    case .aborted: .connectionAbort
    case .system(let error): error
    }
  }
}

extension SessionRefusal {
  fileprivate var code: Errno {
    switch self {
    case .notInThisState: .socketNotConnected
    case .noFreeIdentifier, .windowFull, .resendFirst: .wouldBlock
    case .packetTooLarge: .messageTooLong
    case .qosNotSupported, .retainNotSupported, .wildcardSubscriptionsNotSupported,
      .subscriptionIdentifiersNotSupported, .sharedSubscriptionsNotSupported:
      .notSupported
    case .authenticationNotAllowed: Errno(rawValue: EPROTO)
    case .violation, .identifierNotFree, .topicAliasTooGreat, .topicAliasUnknown, .answerOutOfOrder, .reasonCode,
      .sessionExpiryNotAllowed, .receiveMaximumBeyondLimit, .topicAliasMaximumBeyondLimit, .recordDoesNotFit:
      .invalidArgument
    }
  }
}

extension MQTTViolation {
  /// Zephyr tells three kinds apart.
  fileprivate var code: Errno {
    switch reasonCode {
    case .malformedPacket: .invalidArgument
    case .packetTooLarge: .noMemory
    default: Errno(rawValue: EBADMSG)
    }
  }
}

extension MQTTTransportError {
  fileprivate var code: Errno {
    switch self {
    case .notConnected, .closed, .webSocketClosed: .socketNotConnected
    case .connect(let error): error.errno
    // Either is a `WebSocketError`, unless a transport of the program's own throws it.
    case .handshake(let error), .webSocket(let error): (error as? WebSocketError)?.errno ?? .connectionAbort
    case .subprotocol: .connectionAbort
    case .wouldBlock: .wouldBlock
    case .timedOut: .timedOut
    case .textFrame: Errno(rawValue: EPROTO)
    case .connectionLost(let error): error
    }
  }
}
