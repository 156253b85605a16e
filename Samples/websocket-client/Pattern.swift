/// The payload of the frame under way: bytes that differ from frame to frame and from place to place.
///
/// Text is made of the letters `a` to `p`, so it may be cut anywhere and is still valid UTF-8.
final class Pattern: Sendable {
  private let memory: Bytes
  private let isText: Bool
  let size: Int

  init(size: Int, text: Bool) {
    memory = Bytes(count: size)
    isText = text
    self.size = size
  }

  /// The bytes of the frame that was made last.
  var bytes: UnsafeRawBufferPointer {
    memory.prefix(size)
  }

  /// Makes the payload of frame number `frame`, eight bytes at a time.
  func make(frame: Int) {
    // Two odd numbers with bits all over the word: each word differs from the one before it and from its place in the
    // last frame, and no frame is another one moved by a few bytes.
    let step: UInt64 = 0x9E37_79B9_7F4A_7C15
    let stride: UInt64 = 0xD1B5_4A32_D192_ED03
    let words = memory.buffer.assumingMemoryBound(to: UInt64.self)
    var word = UInt64(truncatingIfNeeded: frame) &* stride &+ step
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
