internal import MQTTProtocol

/// What one entry of the log says. Messages themselves stand behind its fields.
enum LogRecord: Sendable, Hashable {
  /// A message waits: PUBLISH whole.
  case queued(number: UInt64, packet: FileRange)
  /// A message that waited is forgotten.
  case dequeued(number: UInt64)
  /// A message was given an identifier: PUBLISH up to its payload, and the payload.
  case publish(identifier: UInt16, qos: QoS, order: UInt64, packet: FileRange, payload: FileRange)
  /// The same of a message that waited, and does so no longer: its payload, of so many bytes, stands where it waited.
  case publishQueued(
    identifier: UInt16, qos: QoS, order: UInt64, packet: FileRange, number: UInt64, payloadLength: Int)
  /// Any other record of the session's.
  case session(StoreRecord)

  private enum Kind: UInt8 {
    case queued = 1
    case dequeued, publish, publishQueued, release, outgoingDone, incoming, incomingDone, sessionLost, sessionDone
  }

  /// Bytes of the fields in front of a message.
  static let queuedFields = 13
  static let publishFields = 20
  static let publishQueuedFields = 28

  /// Bytes that it takes, the message included.
  var size: Int {
    switch self {
    case .queued(_, let packet): LogRecord.queuedFields + packet.count
    case .dequeued: 9
    case .publish(_, _, _, let packet, let payload): LogRecord.publishFields + packet.count + payload.count
    case .publishQueued(_, _, _, let packet, _, _): LogRecord.publishQueuedFields + packet.count
    case .session(let record):
      switch record {
      case .release: 11
      case .outgoingDone, .incoming, .incomingDone: 3
      case .publish, .sessionLost, .sessionDone: 1
      }
    }
  }

  /// Writes the fields; the message is to follow.
  func appendFields(to bytes: inout [UInt8]) {
    switch self {
    case .queued(let number, let packet):
      bytes.append(Kind.queued.rawValue)
      bytes.appendInteger(number)
      bytes.appendInteger(UInt32(packet.count))
    case .dequeued(let number):
      bytes.append(Kind.dequeued.rawValue)
      bytes.appendInteger(number)
    case .publish(let identifier, let qos, let order, let packet, let payload):
      LogRecord.append(.publish, identifier, qos, order, packet, payload.count, to: &bytes)
    case .publishQueued(let identifier, let qos, let order, let packet, let number, let payloadLength):
      LogRecord.append(.publishQueued, identifier, qos, order, packet, payloadLength, to: &bytes)
      bytes.appendInteger(number)
    case .session(let record): LogRecord.append(record, to: &bytes)
    }
  }

  private static func append(
    _ kind: Kind, _ identifier: UInt16, _ qos: QoS, _ order: UInt64, _ packet: FileRange, _ payloadLength: Int,
    to bytes: inout [UInt8]
  ) {
    bytes.append(kind.rawValue)
    bytes.appendInteger(identifier)
    bytes.append(qos.rawValue)
    bytes.appendInteger(order)
    bytes.appendInteger(UInt32(packet.count))
    bytes.appendInteger(UInt32(payloadLength))
  }

  private static func append(_ record: StoreRecord, to bytes: inout [UInt8]) {
    switch record {
    case .publish: preconditionFailure("a message is kept by `keep`")
    case .release(let identifier, let order):
      bytes.append(Kind.release.rawValue)
      bytes.appendInteger(identifier)
      bytes.appendInteger(order)
    case .outgoingDone(let identifier):
      bytes.append(Kind.outgoingDone.rawValue)
      bytes.appendInteger(identifier)
    case .incoming(let identifier):
      bytes.append(Kind.incoming.rawValue)
      bytes.appendInteger(identifier)
    case .incomingDone(let identifier):
      bytes.append(Kind.incomingDone.rawValue)
      bytes.appendInteger(identifier)
    case .sessionLost: bytes.append(Kind.sessionLost.rawValue)
    case .sessionDone: bytes.append(Kind.sessionDone.rawValue)
    }
  }

  /// Reads the next record.
  ///
  /// - Parameter start: where in the file the reader's first byte stands.
  /// - Returns: nil where there is none.
  static func read(_ fields: inout LogFieldReader, from start: Int) -> LogRecord? {
    guard let kind = fields.integer(UInt8.self).flatMap(Kind.init) else { return nil }
    switch kind {
    case .queued:
      guard let number = fields.integer(UInt64.self), let length = fields.integer(UInt32.self),
        let packet = fields.range(length, from: start)
      else { return nil }
      return .queued(number: number, packet: packet)
    case .dequeued: return fields.integer(UInt64.self).map { .dequeued(number: $0) }
    case .publish, .publishQueued: return readPublish(kind, &fields, from: start)
    case .sessionLost: return .session(.sessionLost)
    case .sessionDone: return .session(.sessionDone)
    case .release:
      guard let identifier = fields.integer(UInt16.self), let order = fields.integer(UInt64.self) else { return nil }
      return .session(.release(identifier: identifier, order: order))
    case .outgoingDone: return fields.integer(UInt16.self).map { .session(.outgoingDone(identifier: $0)) }
    case .incoming: return fields.integer(UInt16.self).map { .session(.incoming(identifier: $0)) }
    case .incomingDone: return fields.integer(UInt16.self).map { .session(.incomingDone(identifier: $0)) }
    }
  }

  private static func readPublish(_ kind: Kind, _ fields: inout LogFieldReader, from start: Int) -> LogRecord? {
    guard let identifier = fields.integer(UInt16.self), let qos = fields.integer(UInt8.self).flatMap(QoS.init),
      let order = fields.integer(UInt64.self), let length = fields.integer(UInt32.self),
      let payloadLength = fields.integer(UInt32.self)
    else { return nil }
    if kind == .publish {
      guard let packet = fields.range(length, from: start), let payload = fields.range(payloadLength, from: start)
      else { return nil }
      return .publish(identifier: identifier, qos: qos, order: order, packet: packet, payload: payload)
    }
    guard let number = fields.integer(UInt64.self), let packet = fields.range(length, from: start) else { return nil }
    return .publishQueued(
      identifier: identifier, qos: qos, order: order, packet: packet, number: number, payloadLength: Int(payloadLength))
  }
}

extension LogFieldReader {
  /// Goes past a message.
  fileprivate mutating func range(_ count: UInt32, from start: Int) -> FileRange? {
    skip(Int(count)).map { FileRange(offset: start + $0.lowerBound, count: $0.count) }
  }
}
