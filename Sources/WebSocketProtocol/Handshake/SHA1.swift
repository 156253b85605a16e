/// SHA-1 (FIPS 180-4 6.1), which the handshake asks for (RFC 6455 4.2.2). It proves that the peer read the key; it
/// protects nothing, and nothing else may rely on it.
package enum SHA1 {
  /// Returns the digest of a message.
  package static func digest(of message: Span<UInt8>) -> InlineArray<20, UInt8> {
    var state = State()
    var start = 0
    while message.count - start >= 64 {
      state.add(message.extracting(start..<(start + 64)))
      start += 64
    }
    addEnd(message.extracting(start..<message.count), ofMessageOf: message.count, to: &state)
    var digest = InlineArray<20, UInt8>(repeating: 0)
    for i in 0..<20 { digest[i] = UInt8(truncatingIfNeeded: state.words[i / 4] >> UInt32(24 - i % 4 * 8)) }
    return digest
  }

  /// Adds the bytes behind the last whole block, a one bit, zeros, and the message's length in bits (FIPS 180-4 5.1.1).
  private static func addEnd(_ rest: Span<UInt8>, ofMessageOf count: Int, to state: inout State) {
    var end = InlineArray<128, UInt8>(repeating: 0)
    for i in 0..<rest.count { end[i] = rest[i] }
    end[rest.count] = 0x80
    // The bit and the length take nine bytes.
    let size = rest.count + 9 <= 64 ? 64 : 128
    let bits = UInt64(count) * 8
    for i in 0..<8 { end[size - 1 - i] = UInt8(truncatingIfNeeded: bits >> UInt64(8 * i)) }
    for start in stride(from: 0, to: size, by: 64) { state.add(end.span.extracting(start..<(start + 64))) }
  }
}

/// The hash value between two blocks.
private struct State {
  // FIPS 180-4 5.3.1
  var words: InlineArray<5, UInt32> = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]

  /// Adds a block of 64 bytes (FIPS 180-4 6.1.3: the schedule keeps its last sixteen words).
  mutating func add(_ block: Span<UInt8>) {
    var schedule = InlineArray<16, UInt32>(repeating: 0)
    for i in 0..<64 { schedule[i / 4] = schedule[i / 4] << 8 | UInt32(block[i]) }
    var (a, b, c, d, e) = (words[0], words[1], words[2], words[3], words[4])
    for t in 0..<80 {
      let s = t % 16
      if t >= 16 {
        schedule[s] =
          (schedule[(s + 13) % 16] ^ schedule[(s + 8) % 16] ^ schedule[(s + 2) % 16] ^ schedule[s]).rotated(left: 1)
      }
      // FIPS 180-4 4.1.1 and 4.2.1
      let (function, constant): (UInt32, UInt32) =
        switch t {
        case 0..<20: (b & c ^ ~b & d, 0x5A82_7999)
        case 20..<40: (b ^ c ^ d, 0x6ED9_EBA1)
        case 40..<60: (b & c ^ b & d ^ c & d, 0x8F1B_BCDC)
        default: (b ^ c ^ d, 0xCA62_C1D6)
        }
      let next = a.rotated(left: 5) &+ function &+ e &+ constant &+ schedule[s]
      (a, b, c, d, e) = (next, a, b.rotated(left: 30), c, d)
    }
    words[0] &+= a
    words[1] &+= b
    words[2] &+= c
    words[3] &+= d
    words[4] &+= e
  }
}

extension UInt32 {
  fileprivate func rotated(left count: UInt32) -> UInt32 {
    self &<< count | self &>> (32 - count)
  }
}
