internal import SystemPackage
internal import WestwindPlatform

extension StoreLog {
  /// Bytes that nobody needs any more which a file may have whatever its size.
  static let deadSizeAllowed = 1024 * 1024

  /// What is added to the file's name while it is made anew.
  static let compactingSuffix = ".compacting"

  /// Whether the file is to be made anew: more than half of it, and more than a little, says what no longer is so.
  func isWorthCompacting(liveSize: Int) -> Bool {
    let dead = end - LogHeader.size - liveSize
    return dead > StoreLog.deadSizeAllowed && dead > liveSize && end >= nextCompaction
  }

  /// Makes the file anew, with what the tables say alone, and puts it into the old one's place; the tables then say where
  /// everything stands there. Nothing may be gathered.
  ///
  /// Where that cannot be done, the old file goes on, and it is tried again when that has grown.
  mutating func compact(_ tables: inout StoreTables) throws(MQTTStoreError) {
    let before = (salt: salt, end: end)
    var copied = StoreTables()
    guard var other = beginCompacting() else { return }
    // from here on `file` is the new one, until it fails
    swap(&file, &other)
    do throws(MQTTStoreError) {
      try call { (log) throws(Errno) in try log.writeHeader() }
      for record in tables.outgoingRecords + tables.incomingRecords + tables.waitingRecords {
        guard copied.apply(try copy(record, from: other)) else { throw .damaged(path: path, offset: end) }
      }
      try flush()
      try call { (log) throws(Errno) in
        try log.file.synchronize()
        try log.folder.rename(log.name + StoreLog.compactingSuffix, to: log.name)
      }
    } catch {
      swap(&file, &other)
      reset()
      (salt, end) = before
      return postponeCompacting()
    }
    tables = copied
    synchronizedEnd = end
    nextCompaction = 0
    // without it a power failure could bring back the old file, and take away what is written from now on
    try call { (log) throws(Errno) in try log.folder.synchronize() }
  }

  /// Opens the new file, and locks it, so that nobody takes it as soon as it has its name.
  private mutating func beginCompacting() -> OpenFile? {
    do throws(Errno) {
      let new = try folder.open(name + StoreLog.compactingSuffix, truncating: true)
      if try new.lock() {
        try new.setMode(try file.status().st_mode)
        return new
      }
    } catch {}
    postponeCompacting()
    return nil
  }

  private mutating func postponeCompacting() {
    try? folder.remove(name + StoreLog.compactingSuffix)
    nextCompaction = end + StoreLog.deadSizeAllowed
  }

  private mutating func copy(_ record: LogRecord, from old: borrowing OpenFile) throws(MQTTStoreError) -> LogRecord {
    switch record {
    case .queued(let number, let packet):
      let bytes = try read(packet, of: old)
      // Sound, here and below: bytes have no padding.
      return try unsafe appendQueued(number, bytes.span.bytes)
    case .publish(let identifier, let qos, let order, let packet, let payload):
      let (packet, payload) = (try read(packet, of: old), try read(payload, of: old))
      return try unsafe appendPublish(identifier, qos, order, packet.span.bytes, payload: payload.span.bytes)
    case .session, .dequeued, .publishQueued: return try append(record)
    }
  }

  private mutating func read(_ range: FileRange, of old: borrowing OpenFile) throws(MQTTStoreError) -> [UInt8] {
    do throws(Errno) { return try old.bytes(range) } catch { throw fail(.system(error, path: path)) }
  }
}
