internal import WebSocketProtocol

/// The keys of a connection's next frames, so that not every frame has to ask for one that all connections share.
struct MaskingKeys: ~Copyable {
  private var words = InlineArray<8, UInt32>(repeating: 0)
  private var left = 0
  private var stamp: UInt64 = 0

  /// A key that is used once.
  mutating func next() -> MaskingKey {
    if left == 0 || stamp != RandomPool.stamp {
      stamp = RandomPool.take(&words)
      left = words.count
    }
    left -= 1
    // Always as it is: it spares a check of bounds.
    let place = left & 7
    let key = MaskingKey(littleEndian: words[place])
    words[place] = 0
    return key
  }
}
