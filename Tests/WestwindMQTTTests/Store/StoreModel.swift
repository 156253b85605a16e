import MQTTProtocol
import WestwindMQTT
import WestwindTestSupport

/// What a store has to have, beside one that is told the same.
struct StoreModel {
  private var outgoing: [UInt16: (record: StoreRecord, order: UInt64, packet: [UInt8])] = [:]
  private var incoming: Set<UInt16> = []
  private var waiting: [UInt64: [UInt8]] = [:]
  private var order: UInt64 = 0
  private var number: UInt64 = 0
  private var random: SeededGenerator
  /// Bytes of a message at the most.
  var longest = 60
  var identifiers: ClosedRange<UInt16> = 1...9

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
  }

  /// Something that a client, or an agent, does.
  mutating func step(_ store: MQTTFileStore) throws(MQTTStoreError) {
    switch Int.random(in: 0..<100, using: &random) {
    case ..<20: try enqueue(store)
    case ..<24: try dequeue(store)
    case ..<40: try publish(store)
    case ..<60: try publishQueued(store)
    case ..<70: try release(store)
    case ..<84: try done(store)
    case ..<91:
      let identifier = UInt16.random(in: identifiers, using: &random)
      incoming.insert(identifier)
      try store.write(.incoming(identifier: identifier))
    case ..<98:
      let identifier = UInt16.random(in: identifiers, using: &random)
      incoming.remove(identifier)
      try store.write(.incomingDone(identifier: identifier))
    case 98:
      incoming = []
      outgoing = outgoing.filter { if case .publish = $0.value.record { true } else { false } }
      try store.write(.sessionLost)
    default:
      (incoming, outgoing) = ([], [:])
      try store.write(.sessionDone)
    }
  }

  private mutating func message() -> [UInt8] {
    pattern(size: Int.random(in: 0...longest, using: &random), seed: random.next())
  }

  private mutating func enqueue(_ store: MQTTFileStore) throws(MQTTStoreError) {
    number += UInt64.random(in: 1...3, using: &random)
    let packet = message()
    waiting[number] = packet
    try store.enqueue(number, packet)
  }

  private mutating func dequeue(_ store: MQTTFileStore) throws(MQTTStoreError) {
    guard let number = waiting.keys.sorted().first else { return }
    waiting[number] = nil
    try store.dequeue(number)
  }

  private mutating func newRecord() -> StoreRecord {
    order += UInt64.random(in: 1...3, using: &random)
    return .publish(
      identifier: UInt16.random(in: identifiers, using: &random),
      qos: Bool.random(using: &random) ? .atLeastOnce : .exactlyOnce, order: order)
  }

  private mutating func publish(_ store: MQTTFileStore) throws(MQTTStoreError) {
    let (record, packet, payload) = (newRecord(), message(), message())
    outgoing[record.outgoingIdentifier] = (record, order, packet + payload)
    try store.keep(record, packet, payload)
  }

  /// The payload is the end of what waited; what stands before it is not always the same.
  private mutating func publishQueued(_ store: MQTTFileStore) throws(MQTTStoreError) {
    guard let number = waiting.keys.sorted().first, let queued = waiting.removeValue(forKey: number) else { return }
    let payload = Array(queued.suffix(Int.random(in: 0...queued.count, using: &random)))
    let (record, packet) = (newRecord(), Array(message().prefix(30)))
    outgoing[record.outgoingIdentifier] = (record, order, packet + payload)
    store.keepTakesPlace(of: number)
    try store.keep(record, packet, payload)
  }

  private mutating func release(_ store: MQTTFileStore) throws(MQTTStoreError) {
    guard let identifier = outgoing.keys.sorted().randomElement(using: &random) else { return }
    order += 1
    let record = StoreRecord.release(identifier: identifier, order: order)
    outgoing[identifier] = (record, order, [])
    try store.write(record)
  }

  private mutating func done(_ store: MQTTFileStore) throws(MQTTStoreError) {
    guard let identifier = outgoing.keys.sorted().randomElement(using: &random) else { return }
    outgoing[identifier] = nil
    try store.write(.outgoingDone(identifier: identifier))
  }

  var contents: StoreContents {
    var contents = StoreContents()
    contents.numbers = waiting.keys.sorted()
    contents.queue = contents.numbers.map { waiting[$0]! }
    contents.records = outgoing.values.sorted { $0.order < $1.order }.map(\.record)
    contents.records += incoming.sorted().map { .incoming(identifier: $0) }
    for (identifier, message) in outgoing {
      if case .publish = message.record { contents.packets[identifier] = message.packet }
    }
    return contents
  }
}

extension StoreRecord {
  fileprivate var outgoingIdentifier: UInt16 {
    switch self {
    case .publish(let identifier, _, _), .release(let identifier, _), .outgoingDone(let identifier): identifier
    case .incoming, .incomingDone, .sessionLost, .sessionDone: 0
    }
  }
}
