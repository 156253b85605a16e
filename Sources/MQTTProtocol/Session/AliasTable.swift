/// Topics behind their aliases (3.3.2.3.4), for one connection and one direction ([MQTT-3.3.2-7]).
struct AliasTable {
  private let slotLength: Int
  private var bytes: [UInt8]
  /// 0 is none: no topic is empty.
  private var lengths: [UInt16]
  /// When each was used last, for the one that gives way.
  private var uses: [UInt32]
  private var clock: UInt32 = 0

  init(capacity: Int, topicLength: Int) {
    slotLength = topicLength
    bytes = [UInt8](repeating: 0, count: capacity * topicLength)
    lengths = [UInt16](repeating: 0, count: capacity)
    uses = [UInt32](repeating: 0, count: capacity)
  }

  var capacity: Int { lengths.count }

  mutating func removeAll() {
    for i in 0..<lengths.count {
      lengths[i] = 0
      uses[i] = 0
    }
    clock = 0
  }

  /// The topic behind an alias; empty where there is none.
  @_lifetime(borrow self)
  func topic(_ alias: UInt16) -> Span<UInt8> {
    let slot = Int(alias) - 1
    guard slot >= 0, slot < lengths.count else { return bytes.span.extracting(0..<0) }
    let start = slot * slotLength
    return bytes.span.extracting(start..<(start + Int(lengths[slot])))
  }

  /// - Returns: false where the topic is longer than what is kept.
  mutating func set(_ alias: UInt16, _ topic: Span<UInt8>) -> Bool {
    guard topic.count <= slotLength else { return false }
    let slot = Int(alias) - 1
    let start = slot * slotLength
    for i in 0..<topic.count { bytes[start &+ i] = topic[i] }
    lengths[slot] = UInt16(truncatingIfNeeded: topic.count)
    use(slot)
    return true
  }

  /// The alias that stands for a topic, or 0.
  mutating func find(_ topic: Span<UInt8>, maximum: Int) -> UInt16 {
    for slot in 0..<min(maximum, lengths.count) {
      let alias = UInt16(truncatingIfNeeded: slot + 1)
      if Int(lengths[slot]) == topic.count, self.topic(alias).isSame(as: topic) {
        use(slot)
        return alias
      }
    }
    return 0
  }

  /// The alias that is free, or was used longest ago; 0 where there is none, or the topic is too long to keep.
  func candidate(_ topic: Span<UInt8>, maximum: Int) -> UInt16 {
    let count = min(maximum, lengths.count)
    guard count > 0, topic.count <= slotLength else { return 0 }
    var oldest = 0
    for slot in 0..<count where uses[slot] < uses[oldest] { oldest = slot }
    return UInt16(truncatingIfNeeded: oldest + 1)
  }

  private mutating func use(_ slot: Int) {
    clock &+= 1
    uses[slot] = clock
  }
}
