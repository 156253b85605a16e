internal import WebSocketProtocol

/// The keys of a connection's next frames, so that not every frame has to ask for one that all connections share.
struct MaskingKeys: ~Copyable {
  private var words = InlineArray<8, UInt32>(repeating: 0)
  private var left = 0
  private var generation: UInt32 = 0

  /// A key that is used once.
  mutating func next() -> MaskingKey {
    let generation = RandomPool.generation
    if left == 0 || self.generation != generation {
      RandomPool.take(&words)
      self.generation = generation
      left = words.count
    }
    left -= 1
    let key = MaskingKey(littleEndian: words[left])
    words[left] = 0
    return key
  }
}
