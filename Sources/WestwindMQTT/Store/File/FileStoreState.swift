internal import MQTTProtocol
internal import SystemPackage

/// The log and what it says, which belong together under one lock.
struct FileStoreState: ~Copyable {
  var log: StoreLog
  var tables: StoreTables
  /// The message that waited which the next one that is kept is.
  var replaced: UInt64?

  init(log: consuming StoreLog, tables: StoreTables) {
    self.log = log
    self.tables = tables
  }

  /// Notes what was gathered for the log.
  mutating func apply(_ record: LogRecord) {
    let fits = tables.apply(record)
    precondition(fits, "a record with packet identifier 0")
  }

  mutating func keep(
    _ record: StoreRecord, _ packet: RawSpan, payload: RawSpan
  ) throws(MQTTStoreError) {
    guard case .publish(let identifier, let qos, let order) = record else {
      preconditionFailure("only a message is kept")
    }
    let number = replaced
    replaced = nil
    if let number, let waiting = tables.waiting[number] {
      if waiting.count >= payload.byteCount {
        return apply(
          try log.appendPublishQueued(
            identifier, qos, order, packet, number: number, payloadLength: payload.byteCount))
      }
      apply(try log.append(.dequeued(number: number)))
    }
    apply(try log.appendPublish(identifier, qos, order, packet, payload: payload))
  }

  /// Writes what was gathered, and makes the file anew where most of it is no longer needed.
  mutating func commit() throws(MQTTStoreError) {
    try log.commit()
    guard log.isWorthCompacting(liveSize: tables.liveSize) else { return }
    try log.compact(&tables)
  }

  /// The parts of a message, in one piece.
  mutating func message(_ parts: FileRange...) throws(MQTTStoreError) -> [UInt8] {
    try log.flush()
    return try log.call { (log) throws(Errno) in
      var count = 0
      for part in parts { count += part.count }
      return try [UInt8](capacity: count) { (out) throws(Errno) in
        for part in parts { try log.file.read(part, into: &out) }
      }
    }
  }
}
