import SampleSupport
import SystemPackage

/// Standard input by lines. A last line without a newline is one, too.
struct LineInput {
  /// What to poll.
  static let number: CInt = 0

  /// What was read and not dropped yet.
  private(set) var bytes: [UInt8] = []
  /// Where the first line that waits begins.
  private var start = 0
  /// Where it ends; nil where its end was not found yet.
  private var end: Int?
  /// Where to look for its end.
  private var searched = 0
  private var hasEnded = false

  private static let chunk = 64 * 1024

  /// Whether a line waits.
  var hasLine: Bool { end != nil }

  /// Whether all lines have been taken, and no more will come.
  var isAtEnd: Bool { hasEnded && !hasLine }

  /// Takes the line that waits; nil where none does. It is there until the next `read`.
  ///
  /// - Returns: where it is in `bytes`, without its newline.
  mutating func takeLine() -> Range<Int>? {
    guard let end else { return nil }
    let line = start..<end
    start = min(end + 1, bytes.count)
    searched = start
    findEnd()
    return line
  }

  /// Reads what is there, as long as no line waits. It blocks where nothing is.
  mutating func read() throws(Failure) {
    bytes.removeFirst(start)
    searched -= start
    start = 0
    do throws(Errno) {
      hasEnded = try readInput(LineInput.number, appending: LineInput.chunk, to: &bytes) == 0
    } catch {
      throw .wrongUse("cannot read standard input: \(error); check where it comes from")
    }
    findEnd()
  }

  private mutating func findEnd() {
    end = placeOfNewline(in: bytes, from: searched)
    searched = bytes.count
    if end == nil, hasEnded, start < bytes.count { end = bytes.count }
  }
}
