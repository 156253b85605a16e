/// Packet identifiers that the other side chose, in a table that grows where it has to: open addressing with linear probing, and no
/// tombstones, since entries close up when one is taken out.
struct PacketIdentifierSet {
  /// 0 is empty, and no identifier.
  private var entries: [UInt16]
  private var mask: Int
  private(set) var count = 0

  init(capacity: Int) {
    var size = 4
    while size < capacity * 2 { size *= 2 }
    entries = [UInt16](repeating: 0, count: size)
    mask = size - 1
  }

  private func home(_ identifier: UInt16) -> Int {
    // Fibonacci hashing spreads identifiers that count up by any step
    Int((UInt32(identifier) &* 0x9E37_79B1) >> 15) & mask
  }

  private func index(_ identifier: UInt16) -> Int {
    var i = home(identifier)
    while entries[i] != 0, entries[i] != identifier { i = (i + 1) & mask }
    return i
  }

  func contains(_ identifier: UInt16) -> Bool { entries[index(identifier)] == identifier }

  /// Takes an identifier in.
  mutating func insert(_ identifier: UInt16) {
    let i = index(identifier)
    guard entries[i] == 0 else { return }
    entries[i] = identifier
    count += 1
    if count * 2 > entries.count { grow() }
  }

  private mutating func grow() {
    let old = entries
    entries = [UInt16](repeating: 0, count: old.count * 2)
    mask = entries.count - 1
    for identifier in old where identifier != 0 { entries[index(identifier)] = identifier }
  }

  /// - Returns: whether it was there.
  mutating func remove(_ identifier: UInt16) -> Bool {
    var hole = index(identifier)
    guard entries[hole] == identifier else { return false }
    var i = hole
    while true {
      i = (i + 1) & mask
      guard entries[i] != 0 else { break }
      // an entry may move into the hole if its home does not lie behind the hole
      let distance = (i - home(entries[i])) & mask
      if distance >= (i - hole) & mask {
        entries[hole] = entries[i]
        hole = i
      }
    }
    entries[hole] = 0
    count -= 1
    return true
  }

  mutating func removeAll() {
    for i in 0..<entries.count { entries[i] = 0 }
    count = 0
  }
}
