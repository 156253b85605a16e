/// Compares the echo of one message with what was sent, byte for byte.
///
/// A peer may cut the message into other frames than it was sent in, so only the bytes count.
package struct EchoCheck {
  /// Where an echo first differed.
  package struct Difference {
    package var frame: Int
    package var offset: Int
    /// Nil when the echo is too long.
    package var expected: UInt8?
    package var received: UInt8
  }

  package private(set) var mismatches = 0
  package private(set) var firstDifference: Difference?
  /// Bytes of this message that came back.
  package private(set) var received = 0
  /// The message whose echo this is, counted from 0.
  package private(set) var frame = 0
  private var isWrong = false

  package init() {}

  /// Begins with the echo of the next message.
  package mutating func begin(frame: Int) {
    self.frame = frame
    received = 0
    isWrong = false
  }

  /// Compares the next bytes of the echo. It allocates nothing.
  package mutating func take(_ bytes: RawSpan, of message: RawSpan) {
    let fitting = min(bytes.byteCount, message.byteCount - received)
    let place = placeOfDifference(
      bytes.extracting(first: fitting), message.extracting(received..<received + fitting))
    if let place {
      note(offset: received + place, expected: message[byte: received + place], byte: bytes[byte: place])
    } else if fitting < bytes.byteCount {
      note(offset: message.byteCount, expected: nil, byte: bytes[byte: fitting])
    }
    received += fitting
  }

  private mutating func note(offset: Int, expected: UInt8?, byte: UInt8) {
    if !isWrong { mismatches += 1 }
    isWrong = true
    if firstDifference == nil {
      firstDifference = Difference(frame: frame, offset: offset, expected: expected, received: byte)
    }
  }
}
