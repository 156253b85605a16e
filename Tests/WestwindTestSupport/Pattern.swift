/// Bytes that are the same for the same seed and differ between seeds, at every offset:
/// a lost, doubled, moved or foreign byte shows.
public func pattern(size: Int, seed: UInt64) -> [UInt8] {
  // An array of no bytes writes its count to the one that all empty arrays share, which the thread sanitizer reports.
  guard size > 0 else { return [] }
  // the seed is mixed first, since the states of neighbouring seeds overlap
  var seeds = SeededGenerator(seed: seed)
  var generator = SeededGenerator(seed: seeds.next())
  return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    let bytes = UnsafeMutableRawBufferPointer(buffer)
    var offset = 0
    while offset + 8 <= size {
      bytes.storeBytes(of: generator.next(), toByteOffset: offset, as: UInt64.self)
      offset += 8
    }
    var rest = generator.next()
    while offset < size {
      bytes[offset] = UInt8(truncatingIfNeeded: rest)
      rest >>= 8
      offset += 1
    }
    count = size
  }
}

/// Text of `size` bytes in UTF-8, as `pattern(size:seed:)` for text messages: letters, and now and then a character
/// of two, three or four bytes.
public func textPattern(size: Int, seed: UInt64) -> String {
  let characters = ["é", "水", "🌬", "ß", "→"].map { Array($0.utf8) }
  var text = pattern(size: size, seed: seed)
  text.withUnsafeMutableBytes { text in
    var offset = 0
    while offset + 8 <= size {
      let bits = text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      // each byte one of sixteen letters
      let letters = bits & 0x0F0F_0F0F_0F0F_0F0F &+ 0x6161_6161_6161_6161
      text.storeBytes(of: letters, toByteOffset: offset, as: UInt64.self)
      if bits >> 56 < 32 {
        UnsafeMutableRawBufferPointer(rebasing: text[offset...]).copyBytes(
          from: characters[Int(bits >> 56) % characters.count])
      }
      offset += 8
    }
    for offset in offset..<size { text[offset] = text[offset] & 0x0F + 0x61 }
  }
  return String(decoding: text, as: UTF8.self)
}

/// Where two byte strings differ, in a line for a test's message; `nil` where they are equal.
public func difference(_ actual: [UInt8]?, _ expected: [UInt8]) -> String? {
  guard let actual else { return "nothing, not \(expected.count) bytes" }
  if equal(actual, expected) { return nil }
  if let at = zip(actual, expected).enumerated().first(where: { $1.0 != $1.1 })?.offset {
    return "byte \(at) is \(actual[at]), not \(expected[at]) (\(actual.count) of \(expected.count) bytes)"
  }
  return "\(actual.count) bytes, not \(expected.count)"
}
