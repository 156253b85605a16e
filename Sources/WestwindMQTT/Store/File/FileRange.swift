/// Bytes of a file.
struct FileRange: Sendable, Hashable {
  var offset = 0
  var count = 0

  var end: Int { offset + count }

  /// The last of the bytes.
  func suffix(_ count: Int) -> FileRange { FileRange(offset: end - count, count: count) }
}
