/// Messages of QoS 1 and 2 that have come and wait for PUBACK or PUBREC, in their order ([MQTT-4.6.0-2],
/// [MQTT-4.6.0-3]).
struct AnswerQueue {
  struct Entry: Sendable, Hashable {
    var identifier: UInt16 = 0
    var qos = QoS.atLeastOnce
  }

  private var entries: [Entry]
  private var start = 0
  private(set) var count = 0
  /// Those of QoS 1.
  private(set) var countOfQoS1 = 0

  init(capacity: Int) {
    entries = [Entry](repeating: Entry(), count: capacity)
  }

  var first: Entry? { count == 0 ? nil : entries[start] }

  func contains(_ entry: Entry) -> Bool {
    for i in 0..<count where entries[(start + i) % entries.count] == entry { return true }
    return false
  }

  mutating func append(_ entry: Entry) {
    if count == entries.count { grow() }
    entries[(start + count) % entries.count] = entry
    count += 1
    if entry.qos == .atLeastOnce { countOfQoS1 += 1 }
  }

  private mutating func grow() {
    var larger = [Entry](repeating: Entry(), count: entries.count * 2)
    for i in 0..<count { larger[i] = entries[(start + i) % entries.count] }
    entries = larger
    start = 0
  }

  mutating func removeFirst() {
    if entries[start].qos == .atLeastOnce { countOfQoS1 -= 1 }
    start = (start + 1) % entries.count
    count -= 1
  }

  mutating func removeAll() {
    start = 0
    count = 0
    countOfQoS1 = 0
  }
}
