/// SHA-1 (FIPS 180-4 6.1), which the handshake asks for (RFC 6455 4.2.2). It proves that the peer read the key; it
/// protects nothing, and nothing else may rely on it.
package enum SHA1 {
  /// Returns the digest of a message.
  package static func digest(of message: Span<UInt8>) -> InlineArray<20, UInt8> {
    var state = State()
    let wholeBlocks = message.count / 64
    for i in 0..<wholeBlocks { state.add(block(at: 64 * i, of: message)) }
    // The bytes behind them, a one bit, zeros, and the message's length in bits (FIPS 180-4 5.1.1).
    var end = block(at: 64 * wholeBlocks, of: message)
    let rest = message.count % 64
    end[rest / 4] |= 0x8000_0000 >> UInt32(rest % 4 * 8)
    if rest >= 56 {
      state.add(end)
      end = .init(repeating: 0)
    }
    let bits = UInt64(message.count) * 8
    end[14] = UInt32(truncatingIfNeeded: bits >> 32)
    end[15] = UInt32(truncatingIfNeeded: bits)
    state.add(end)
    let words = state.words
    return InlineArray { i in UInt8(truncatingIfNeeded: words[i / 4] >> UInt32(24 - i % 4 * 8)) }
  }

  /// The 64 bytes that stand from a place on, as words; zeros behind the message's end.
  private static func block(at start: Int, of message: Span<UInt8>) -> InlineArray<16, UInt32> {
    var block = InlineArray<16, UInt32>(repeating: 0)
    let count = min(64, message.count - start)
    for i in 0..<(count / 4) {
      let byte = start + 4 * i
      let (high, low) = (
        UInt32(message[byte]) << 24 | UInt32(message[byte + 1]) << 16,
        UInt32(message[byte + 2]) << 8 | UInt32(message[byte + 3])
      )
      block[i] = high | low
    }
    for i in (count & ~3)..<count { block[i / 4] |= UInt32(message[start + i]) << UInt32(24 - i % 4 * 8) }
    return block
  }
}

/// The hash value between two blocks.
private struct State {
  // FIPS 180-4 5.3.1
  private var a: UInt32 = 0x6745_2301
  private var b: UInt32 = 0xEFCD_AB89
  private var c: UInt32 = 0x98BA_DCFE
  private var d: UInt32 = 0x1032_5476
  private var e: UInt32 = 0xC3D2_E1F0

  var words: InlineArray<5, UInt32> { [a, b, c, d, e] }

  /// Adds a block of 64 bytes (FIPS 180-4 6.1.2). Each function of 4.1.1 has its own loop, so that no step asks which is
  /// its own: with that a block takes half of the instructions.
  mutating func add(_ block: InlineArray<16, UInt32>) {
    var schedule = InlineArray<80, UInt32>(repeating: 0)
    for t in 0..<16 { schedule[t] = block[t] }
    for t in 16..<80 {
      schedule[t] = (schedule[t - 3] ^ schedule[t - 8] ^ schedule[t - 14] ^ schedule[t - 16]).rotated(left: 1)
    }
    var new = self
    for t in 0..<20 { new.step(new.d ^ new.b & (new.c ^ new.d), 0x5A82_7999, schedule[t]) }
    for t in 20..<40 { new.step(new.b ^ new.c ^ new.d, 0x6ED9_EBA1, schedule[t]) }
    for t in 40..<60 { new.step(new.b & new.c | new.d & (new.b | new.c), 0x8F1B_BCDC, schedule[t]) }
    for t in 60..<80 { new.step(new.b ^ new.c ^ new.d, 0xCA62_C1D6, schedule[t]) }
    a &+= new.a
    b &+= new.b
    c &+= new.c
    d &+= new.d
    e &+= new.e
  }

  @inline(__always) private mutating func step(_ function: UInt32, _ constant: UInt32, _ word: UInt32) {
    let next = a.rotated(left: 5) &+ function &+ e &+ constant &+ word
    (a, b, c, d, e) = (next, a, b.rotated(left: 30), c, d)
  }
}

extension UInt32 {
  fileprivate func rotated(left count: UInt32) -> UInt32 {
    self &<< count | self &>> (32 - count)
  }
}
