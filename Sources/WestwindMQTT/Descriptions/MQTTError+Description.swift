internal import MQTTProtocol
internal import WestwindConnecting
internal import WestwindSockets

extension MQTTError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidArgument(let mistake): mistake.description
    case .refused(let refusal): refusal.explanation
    case .notConnected: "there is no connection to the broker"
    case .alreadyConnected: "there is a connection already: disconnect first"
    case .insideCallback: "connect and input may not be called from within the event callback"
    case .payloadUnread(let remaining):
      "\(remaining) bytes of a message's payload are still to be read: readPublishPayload, or skipPublishPayload"
    case .notSupported(let symbol): "this build was configured without \(symbol)"
    case .transport(let error): error.description
    case .connectionRefused(let code, .mqtt311, _):
      "the broker refused the connection: \(ConnectReturnCode(rawValue: code.rawValue)?.name ?? "\(code.rawValue)")"
    case .connectionRefused(let code, .mqtt5, let properties):
      "the broker refused the connection: \(code.explained(properties))"
    case .noConnAck: "the broker did not answer CONNECT in time"
    case .keepAliveExpired: "the broker did not answer PINGREQ in time"
    case .violation(let violation):
      "the broker broke the protocol: \(violation.explanation) (reason code \(violation.reasonCode.hex))"
    case .disconnected(let code, let properties): "the broker ended the connection: \(code.explained(properties))"
    case .store(let error): error.description
    case .payloadSource(let text): "the payload's source failed: \(text)"
    case .aborted: "the connection was aborted"
    case .system(let error): "the system refused: \(error)"
    }
  }
}

extension MQTTError.InvalidArgument: CustomStringConvertible {
  public var description: String {
    switch self {
    case .url(let error): error.description
    case .outOfRange(let name, let minimum, .max): "\(name) has to be \(minimum) at least"
    case .outOfRange(let name, let minimum, let maximum): "\(name) has to be from \(minimum) to \(maximum)"
    case .durationNegative(let name): "\(name) has to be 0 at least"
    case .packet(let error): error.explanation
    case .property(let error): error.description
    case .payloadSourceNotKept:
      "at QoS 1 and 2 this store keeps the payload itself: give it in memory, or publish at QoS 0"
    }
  }
}

extension MQTTTransportError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notConnected: "the transport is not connected"
    case .connect(let error): error.description
    case .handshake(let error), .webSocket(let error): "\(error)"
    case .subprotocol(let offered, nil):
      "the server chose no subprotocol, and '\(offered.joined(separator: ", "))' was offered: it speaks no MQTT on this path"
    case .subprotocol(let offered, let chosen?):
      "the server chose the subprotocol '\(chosen)', and '\(offered.joined(separator: ", "))' was offered"
    case .wouldBlock: "nothing arrived in time"
    case .timedOut: "the broker did not take what was written in time"
    case .closed: "the broker closed the connection"
    case .webSocketClosed(nil, _): "the broker closed the WebSocket"
    case .webSocketClosed(1005, _): "the broker closed the WebSocket without a code"
    case .webSocketClosed(1006, _): "the broker ended the WebSocket without a CLOSE frame"
    case .webSocketClosed(let code?, ""): "the broker closed the WebSocket with code \(code)"
    case .webSocketClosed(let code?, let reason):
      "the broker closed the WebSocket with code \(code): \(reason.escaped)"
    case .textFrame: "the broker sent a text frame, and MQTT is binary ([MQTT-6.0.0-1])"
    case .connectionLost(let error): "the connection was lost: \(error)"
    }
  }
}

extension MQTTAgentError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .queueFull(let messages, let bytes):
      "the queue is full: \(messages) messages (queueLimit) or \(bytes) bytes (queueBytesLimit) wait"
    case .dropped: "the message was dropped for a younger one"
    case .invalidArgument(let mistake): mistake.description
    case .refused(let refusal): refusal.explanation
    case .timedOut: "the time was over; what was asked for may still happen"
    case .lost(let error): "the message was lost with the connection: \(error)"
    case .notRunning: "the agent is not running"
    case .gaveUp(let error): "the agent has given up: \(error)"
    case .insideCallback: "a call that waits may not be made from within the callback"
    case .store(let error): error.description
    }
  }
}
