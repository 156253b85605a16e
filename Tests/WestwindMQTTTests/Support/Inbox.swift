import MQTTProtocol
import Westwind
import WestwindMQTT
import WestwindSockets

/// What a client told in its events.
final class Inbox {
  struct Message: Equatable {
    var topic: String
    var payload: [UInt8]
    /// Bytes that the payload has once it is whole.
    var length: Int
    var qos: QoS
    var isRetained = false
    var isDuplicate = false
    /// MQTT 5.0's, as far as tests ask: numbers, and the content type.
    var subscriptionIdentifier: UInt32?
    var messageExpiry: UInt32?
    var contentType: String?
    var correlation: [UInt8]?

    var text: String { String(decoding: payload, as: UTF8.self) }
  }

  struct ConnAck: Equatable {
    var reasonCode: ReasonCode
    var isSessionPresent: Bool
    var serverKeepAlive: UInt32?
    var receiveMaximum: UInt32?
    var topicAliasMaximum: UInt32?
  }

  var messages: [Message] = []
  /// Those of the messages of QoS 1 and 2, for who acknowledges by hand.
  var identifiers: [UInt16] = []
  var connAck: ConnAck?
  /// PUBACK, PUBREC and PUBCOMP, by packet identifier; the last of each kind.
  var pubAcks: [UInt16: ReasonCode] = [:]
  var pubRecs: [UInt16: ReasonCode] = [:]
  var pubComps: [UInt16: ReasonCode] = [:]
  var subAcks: [UInt16: [UInt8]] = [:]
  var unsubAcks: [UInt16: [UInt8]] = [:]
  var pingResponses = 0
  var abandoned: [UInt16] = []
  /// PUBACK, and PUBCOMP or a PUBREC that refuses, so far: identifiers are used again, so that the tables above forget.
  var answered = 0
  /// One entry for each end of a connection; nil inside where the application asked for it.
  var ends: [MQTTError?] = []

  /// Messages that were answered to the end.
  var finished: Int { pubAcks.count + pubComps.count + pubRecs.values.count { $0.isError } }

  func take(_ client: MQTTClient, _ event: borrowing MQTTEvent) {
    switch event {
    case .connAck(let packet, _):
      connAck = ConnAck(
        reasonCode: packet.reasonCode, isSessionPresent: packet.isSessionPresent,
        serverKeepAlive: packet.properties.integer(.serverKeepAlive),
        receiveMaximum: packet.properties.integer(.receiveMaximum),
        topicAliasMaximum: packet.properties.integer(.topicAliasMaximum))
    case .disconnect(let error): ends.append(error)
    case .publish(let packet):
      if packet.identifier != 0 { identifiers.append(packet.identifier) }
      messages.append(
        Message(
          topic: packet.topic.text, payload: [], length: packet.payloadLength, qos: packet.qos,
          isRetained: packet.isRetained,
          isDuplicate: packet.isDuplicate,
          subscriptionIdentifier: packet.properties.integer(.subscriptionIdentifier),
          messageExpiry: packet.properties.integer(.messageExpiryInterval),
          contentType: packet.properties.bytes(.contentType)?.text,
          correlation: packet.properties.bytes(.correlationData)?.array))
    case .pubAck(let packet):
      pubAcks[packet.identifier] = packet.reasonCode
      answered += 1
    case .pubRec(let packet):
      pubRecs[packet.identifier] = packet.reasonCode
      if packet.reasonCode.isError { answered += 1 }
    case .pubRel: break
    case .pubComp(let packet):
      pubComps[packet.identifier] = packet.reasonCode
      answered += 1
    case .subAck(let packet): subAcks[packet.identifier] = packet.reasonCodes.array
    case .unsubAck(let packet): unsubAcks[packet.identifier] = packet.reasonCodes.array
    case .pingResp: pingResponses += 1
    case .auth: break
    case .abandoned(let identifier, _): abandoned.append(identifier)
    }
  }
}

extension Span<UInt8> {
  var array: [UInt8] {
    [UInt8](capacity: count) { out in
      for i in indices { out.append(self[i]) }
    }
  }

  var text: String { String(decoding: array, as: UTF8.self) }
}
