internal import MQTTProtocol

// Each gathers one record and gives it back, for the tables.

extension StoreLog {
  /// A record without a message.
  mutating func append(_ record: LogRecord) throws(MQTTStoreError) -> LogRecord {
    try begin()
    appendFields(record)
    return record
  }

  /// A message that waits.
  mutating func appendQueued(_ number: UInt64, _ packet: RawSpan) throws(MQTTStoreError) -> LogRecord {
    try begin()
    let record = LogRecord.queued(
      number: number, packet: FileRange(offset: position + LogRecord.queuedFields, count: packet.byteCount))
    appendFields(record)
    try append(packet)
    return record
  }

  /// A message with an identifier.
  mutating func appendPublish(
    _ identifier: UInt16, _ qos: QoS, _ order: UInt64, _ packet: RawSpan, payload: RawSpan
  ) throws(MQTTStoreError) -> LogRecord {
    try begin()
    let place = FileRange(offset: position + LogRecord.publishFields, count: packet.byteCount)
    let record = LogRecord.publish(
      identifier: identifier, qos: qos, order: order, packet: place,
      payload: FileRange(offset: place.end, count: payload.byteCount))
    appendFields(record)
    try append(packet, payload)
    return record
  }

  /// A message with an identifier that waited.
  mutating func appendPublishQueued(
    _ identifier: UInt16, _ qos: QoS, _ order: UInt64, _ packet: RawSpan, number: UInt64, payloadLength: Int
  ) throws(MQTTStoreError) -> LogRecord {
    try begin()
    let record = LogRecord.publishQueued(
      identifier: identifier, qos: qos, order: order,
      packet: FileRange(offset: position + LogRecord.publishQueuedFields, count: packet.byteCount), number: number,
      payloadLength: payloadLength)
    appendFields(record)
    try append(packet)
    return record
  }
}
