internal import MQTTProtocol

/// The message whose payload is arriving.
struct IncomingMessage {
  var identifier: UInt16
  /// Bytes of payload that were not read yet.
  var remaining: Int
  /// It was delivered before, and nobody wants the payload.
  var isDuplicate: Bool
}

/// The answer to a message whose payload is still arriving.
struct EarlyAnswer {
  var identifier: UInt16
  var reasonCode: ReasonCode
  var properties: MQTTProperties
}
