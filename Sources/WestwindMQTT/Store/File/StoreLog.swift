internal import SystemPackage

/// A store's file: records are gathered in memory, and written as one batch.
///
/// Once a call has failed, every other does: nobody knows what the file has of what was written last, so nothing may
/// follow it.
struct StoreLog: ~Copyable {
  /// A message of more bytes is written out of the caller's memory, and not gathered.
  static let gatheredMessage = 64 * 1024
  /// Bytes that are gathered at most, or a few more.
  static let gatheredSize = 256 * 1024

  let path: String
  let folder: OpenFile
  let name: String
  let synchronization: MQTTFileStore.Synchronization
  var file: OpenFile
  var salt: UInt32 = 0
  /// Where the next batch begins: the file's size, but for a batch that was written in part.
  var end = 0
  /// The batch that is being gathered, with its header; empty where none is.
  private var pending: [UInt8] = []
  private(set) var failure: MQTTStoreError?
  /// What was written up to here is on the disk, where that is asked for.
  var synchronizedEnd = 0
  /// The file is not made anew before it has this size.
  var nextCompaction = 0

  init(
    path: String, folder: consuming OpenFile, name: String, file: consuming OpenFile,
    synchronization: MQTTFileStore.Synchronization
  ) {
    self.path = path
    self.folder = folder
    self.name = name
    self.file = file
    self.synchronization = synchronization
  }

  /// Where the next byte will stand that is gathered, behind `begin`.
  var position: Int { end + pending.count }

  var hasPending: Bool { !pending.isEmpty }

  /// Makes a call to the system; the log is failed where that does.
  mutating func call<R>(_ body: (inout StoreLog) throws(Errno) -> R) throws(MQTTStoreError) -> R {
    if let failure { throw failure }
    do throws(Errno) { return try body(&self) } catch { throw fail(.system(error, path: path)) }
  }

  mutating func fail(_ error: MQTTStoreError) -> MQTTStoreError {
    failure = error
    pending = []
    return error
  }

  /// Forgets a failure, and what was gathered.
  mutating func reset() {
    failure = nil
    pending.removeAll()
  }

  /// Makes room for a record: `position` is where it will stand.
  mutating func begin() throws(MQTTStoreError) {
    if let failure { throw failure }
    if pending.count >= StoreLog.gatheredSize { try flush() }
    if pending.isEmpty { pending.append(contentsOf: repeatElement(0, count: BatchHeader.size)) }
  }

  /// Gathers a record's fields; its message is to follow.
  mutating func appendFields(_ record: LogRecord) {
    record.appendFields(to: &pending)
  }

  /// Gathers a message, or writes what was gathered and the message behind it where that is long. It is the last of its
  /// record, since a record stands in one batch.
  mutating func append(_ message: RawSpan, _ rest: RawSpan = RawSpan()) throws(MQTTStoreError) {
    let count = message.byteCount + rest.byteCount
    guard count <= StoreLog.gatheredMessage else { return try flush(message, rest) }
    pending.append(addingCapacity: count) { out in
      out.append(message)
      out.append(rest)
    }
  }

  /// Writes what was gathered, and has it on the disk where that is asked for.
  mutating func commit() throws(MQTTStoreError) {
    if let failure { throw failure }
    guard hasPending || isUnsynchronized else { return }
    try flush()
    guard synchronization == .disk else { return }
    try call { (log) throws(Errno) in
      do throws(Errno) { try log.file.synchronize() } catch {
        log.dropUnsynchronized()
        throw error
      }
    }
    synchronizedEnd = end
  }

  private var isUnsynchronized: Bool { synchronization == .disk && synchronizedEnd < end }

  /// Writes what was gathered, and a message behind it.
  mutating func flush(_ message: RawSpan = RawSpan(), _ rest: RawSpan = RawSpan()) throws(MQTTStoreError) {
    if let failure { throw failure }
    guard hasPending else { return }
    var sum = Checksum()
    // Sound: bytes have no padding.
    unsafe sum.add(pending.span.extracting(BatchHeader.size..<pending.count).bytes)
    sum.add(message)
    sum.add(rest)
    let size = pending.count + message.byteCount + rest.byteCount
    let header = BatchHeader(length: size - BatchHeader.size, offset: end, bodyCheck: sum.value)
    header.write(over: &pending, salt: salt)
    try call { (log) throws(Errno) in
      do throws(Errno) {
        // Sound: bytes have no padding.
        try unsafe log.file.write(log.pending.span.bytes, at: log.end)
        try log.file.write(message, at: log.end + log.pending.count)
        try log.file.write(rest, at: log.end + log.pending.count + message.byteCount)
      } catch {
        log.dropUnsynchronized()
        throw error
      }
    }
    end += size
    pending.removeAll(keepingCapacity: true)
  }

  /// Takes away what was written in part, or is perhaps not on the disk: the caller is told that it was not kept. Where
  /// that fails, the next start finds a part, and takes it away, or finds what nobody relied on.
  private func dropUnsynchronized() {
    try? file.truncate(to: synchronization == .disk ? synchronizedEnd : end)
  }
}
