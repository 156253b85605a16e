internal import MQTTProtocol

/// What a log says in sum: the messages and the session's records that were not taken away, and where the messages stand.
/// The same `apply` makes it from a log that is read and keeps it beside a log that is written.
struct StoreTables {
  /// A message with an identifier.
  struct Outgoing {
    enum Stage {
      case none
      case publish(QoS)
      case release
    }

    var stage = Stage.none
    var order: UInt64 = 0
    var packet = FileRange()
    var payload = FileRange()

    /// Bytes of the record that says it.
    func size(_ identifier: UInt16) -> Int { record(identifier)?.size ?? 0 }

    func record(_ identifier: UInt16) -> LogRecord? {
      switch stage {
      case .none: nil
      case .publish(let qos):
        .publish(identifier: identifier, qos: qos, order: order, packet: packet, payload: payload)
      case .release: .session(.release(identifier: identifier, order: order))
      }
    }
  }

  /// By identifier.
  private(set) var outgoing: [Outgoing] = []
  private(set) var incoming: Set<UInt16> = []
  private(set) var waiting: [UInt64: FileRange] = [:]
  /// Bytes of a log that says nothing else.
  private(set) var liveSize = 0

  /// - Returns: false where the record is none that can follow those before.
  mutating func apply(_ record: LogRecord) -> Bool {
    switch record {
    case .queued(let number, let packet):
      dequeue(number)
      waiting[number] = packet
      liveSize += record.size
    case .dequeued(let number): dequeue(number)
    case .publish(let identifier, let qos, let order, let packet, let payload):
      return set(
        identifier, Outgoing(stage: .publish(qos), order: order, packet: packet, payload: payload))
    case .publishQueued(let identifier, let qos, let order, let packet, let number, let payloadLength):
      guard let queued = waiting[number], queued.count >= payloadLength else { return false }
      dequeue(number)
      return set(
        identifier,
        Outgoing(stage: .publish(qos), order: order, packet: packet, payload: queued.suffix(payloadLength)))
    case .session(let record): return apply(record)
    }
    return true
  }

  private mutating func apply(_ record: StoreRecord) -> Bool {
    switch record {
    case .publish: return false
    case .release(let identifier, let order): return set(identifier, Outgoing(stage: .release, order: order))
    case .outgoingDone(let identifier): return set(identifier, Outgoing())
    case .incoming(let identifier):
      guard identifier != 0 else { return false }
      if incoming.insert(identifier).inserted { liveSize += LogRecord.session(record).size }
    case .incomingDone(let identifier):
      if incoming.remove(identifier) != nil { liveSize -= LogRecord.session(record).size }
    case .sessionLost:
      forgetIncoming()
      for i in outgoing.indices {
        if case .release = outgoing[i].stage { _ = set(UInt16(i), Outgoing()) }
      }
    case .sessionDone:
      forgetIncoming()
      for i in outgoing.indices where i > 0 { _ = set(UInt16(i), Outgoing()) }
    }
    return true
  }

  private mutating func set(_ identifier: UInt16, _ new: Outgoing) -> Bool {
    guard identifier != 0 else { return false }
    while outgoing.count <= Int(identifier) { outgoing.append(Outgoing()) }
    liveSize += new.size(identifier) - outgoing[Int(identifier)].size(identifier)
    outgoing[Int(identifier)] = new
    return true
  }

  private mutating func dequeue(_ number: UInt64) {
    guard let packet = waiting.removeValue(forKey: number) else { return }
    liveSize -= LogRecord.queued(number: number, packet: packet).size
  }

  private mutating func forgetIncoming() {
    for identifier in incoming { liveSize -= LogRecord.session(.incoming(identifier: identifier)).size }
    incoming.removeAll()
  }

  /// The messages with an identifier, in their order.
  var outgoingRecords: [LogRecord] {
    outgoing.indices.filter { if case .none = outgoing[$0].stage { false } else { true } }
      .sorted { outgoing[$0].order < outgoing[$1].order }
      .compactMap { outgoing[$0].record(UInt16($0)) }
  }

  /// The messages that came and are known.
  var incomingRecords: [LogRecord] { incoming.map { .session(.incoming(identifier: $0)) } }

  /// The messages that wait, in their order.
  var waitingRecords: [LogRecord] {
    waiting.keys.sorted().map { .queued(number: $0, packet: waiting[$0]!) }
  }
}
