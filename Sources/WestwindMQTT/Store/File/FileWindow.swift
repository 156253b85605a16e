internal import SystemPackage

/// A part of a file in memory: reading it from front to back makes few calls.
struct FileWindow {
  private static let size = 256 * 1024

  private var loaded: [UInt8] = []
  private var start = 0

  /// Has a range in memory, as far as the file has it.
  mutating func load(_ range: FileRange, of file: borrowing OpenFile) throws(Errno) {
    guard range.offset < start || range.end > start + loaded.count else { return }
    let count = max(range.count, FileWindow.size)
    start = range.offset
    loaded.removeAll(keepingCapacity: true)
    try loaded.append(addingCapacity: count) { (out) throws(Errno) in
      _ = try file.readPart(FileRange(offset: start, count: count), into: &out)
    }
  }

  /// The bytes of a range that was loaded, as far as the file has it.
  @_lifetime(borrow self)
  func bytes(_ range: FileRange) -> Span<UInt8> {
    let first = min(range.offset - start, loaded.count)
    return loaded.span.extracting(first..<min(first + range.count, loaded.count))
  }
}
