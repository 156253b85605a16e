/// The payload of the frame under way: bytes that differ from frame to frame and from place to place.
///
/// Text is made of the letters `a` to `p`, so it may be cut anywhere and is still valid UTF-8.
package struct Pattern {
  private var words: [UInt64]
  private let isText: Bool
  package let size: Int

  package init(size: Int, text: Bool) {
    words = Array(repeating: 0, count: (size + 7) / 8)
    isText = text
    self.size = size
  }

  /// Lends the payload that was made last.
  package func withBytes<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
    try words.withBytes(first: size, body)
  }

  /// Makes the payload of frame number `frame`, eight bytes at a time.
  package mutating func make(frame: Int) {
    // Two odd numbers with bits all over the word: each word differs from the one before it and from its place in the
    // last frame, and no frame is another one moved by a few bytes.
    let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    let stride: UInt64 = 0xD1B5_4A32_D192_ED03
    var word = UInt64(truncatingIfNeeded: frame) &* stride &+ step
    let isText = isText
    var words = self.words.mutableSpan
    if isText {
      for index in words.indices {
        words[index] = (word & 0x0F0F_0F0F_0F0F_0F0F) &+ 0x6161_6161_6161_6161
        word &+= step
      }
    } else {
      for index in words.indices {
        words[index] = word
        word &+= step
      }
    }
  }
}
