internal import SystemPackage

extension StoreLog {
  /// Reads the log from its beginning, and cuts off what a write left that did not come to its end.
  ///
  /// - Parameters:
  ///   - size: the file's.
  ///   - apply: takes a record; false where it cannot follow those before.
  /// - Returns: the bytes that were cut off.
  mutating func read(size: Int, _ apply: (LogRecord) -> Bool) throws(MQTTStoreError) -> Int {
    var window = FileWindow()
    while end < size {
      let outcome = try call { (log) throws(Errno) in try log.loadBatch(&window, size: size) }
      if outcome == .cutOff { break }
      guard case .whole(let batch) = outcome else { throw fail(.damaged(path: path, offset: end)) }
      let bytes = window.bytes(batch)
      var fields = LogFieldReader(bytes)
      while !fields.isAtEnd {
        let position = batch.offset + fields.index
        guard let record = LogRecord.read(&fields, from: batch.offset), apply(record) else {
          throw fail(.damaged(path: path, offset: position))
        }
      }
      end = batch.end
    }
    try call { (log) throws(Errno) in
      if log.end < size { try log.file.truncate(to: log.end) }
      // what a program wrote that was ended before it could synchronize is relied upon from now on
      if log.synchronization == .disk { try log.file.synchronize() }
    }
    synchronizedEnd = end
    return size - end
  }

  private enum BatchOutcome: Hashable {
    /// It checks, and its records stand there.
    case whole(FileRange)
    /// It was not written to its end.
    case cutOff
    /// Somebody has changed it.
    case damaged
  }

  /// Loads the batch at `end`.
  private func loadBatch(_ window: inout FileWindow, size: Int) throws(Errno) -> BatchOutcome {
    let place = FileRange(offset: end, count: BatchHeader.size)
    guard place.end <= size else { return .cutOff }
    try window.load(place, of: file)
    guard let header = BatchHeader.read(window.bytes(place), at: end, salt: salt) else {
      return try isUnwritten(end..<size, size: size) ? .cutOff : .damaged
    }
    let body = FileRange(offset: place.end, count: header.length)
    guard body.end <= size else { return .cutOff }
    try window.load(body, of: file)
    var sum = Checksum()
    // Sound: bytes have no padding.
    unsafe sum.add(window.bytes(body).bytes)
    if sum.value == header.bodyCheck { return .whole(body) }
    return try isUnwritten(end..<body.end, size: size) ? .cutOff : .damaged
  }

  /// Whether a batch that does not check is one that a power failure kept from the disk: blocks that the disk did not get
  /// to are zero, and nothing was written behind it. A batch that a change of its bytes has spoilt is none.
  private func isUnwritten(_ batch: Range<Int>, size: Int) throws(Errno) -> Bool {
    var window = FileWindow()
    var hasUnwrittenBlock = false
    // a disk writes blocks of this many bytes, or of a multiple
    let block = 512
    var start = batch.lowerBound
    while start < batch.upperBound, !hasUnwrittenBlock {
      let next = min((start / block + 1) * block, batch.upperBound)
      let range = FileRange(offset: start, count: next - start)
      try window.load(range, of: file)
      let bytes = window.bytes(range)
      hasUnwrittenBlock = bytes.indices.allSatisfy { bytes[$0] == 0 }
      start = next
    }
    guard hasUnwrittenBlock else { return false }
    for start in batch.lowerBound..<max(batch.lowerBound, size - BatchHeader.size) {
      let place = FileRange(offset: start, count: BatchHeader.size)
      try window.load(place, of: file)
      if start > batch.lowerBound, BatchHeader.read(window.bytes(place), at: start, salt: salt) != nil { return false }
    }
    return true
  }
}
