internal import WestwindSockets

/// A store in a file: the session, and what waits to be sent, outlive the process.
///
/// What the client was told to be kept is there after a `kill -9` at any time: no message of QoS 1 or 2 is lost, and none
/// of QoS 2 is there twice. What `synchronization` `.disk` adds is that it is there after a power failure.
///
/// - The file grows by what happens, and is made anew when more than half of it, and more than 1 MiB, is about messages
///   that are done: then there is a second one beside it for a moment, named `PATH.compacting`.
/// - Messages are in the file only, and not in memory but for the moments at which they are read or written.
/// - It is locked (`flock(2)`): a second store on it, of this process or another, is refused.
/// - A start reads all of it. A part of a write that was cut by the end of the process is taken away then, and nothing
///   had relied on it; any other change is found and refused (`damaged`).
/// - It belongs to one client. After a failed call (the disk is full, say) all others fail too; release it, mend the
///   cause, and open another one on the same path.
///
/// It may be handed over to any thread; a call waits while another thread's writes.
public final class MQTTFileStore: MQTTQueueStore {
  /// What a message that is kept survives.
  public enum Synchronization: Sendable, Hashable {
    /// The end of the process: the kernel has it. After a power failure or a crash of the system, what was written last
    /// may be missing, and where the disk wrote it out of order the file may be refused as damaged.
    case process
    /// A power failure, too: the disk has it (`fdatasync(2)`), which takes as long as the disk does, each time that
    /// packets leave and that a message is queued.
    case disk
  }

  /// Bytes that this start took away at the end of the file, since their write had not come to its end. They were not
  /// yet relied upon.
  public let bytesCutOff: Int

  let state: Lock<FileStoreState>

  /// Opens the file, or makes it, readable by its user only. Its folder must be there, and be readable and writable.
  ///
  /// - Parameters:
  ///   - path: the file's; no symbolic link. A relative one begins where the process is now.
  ///   - synchronization: what a message that is kept survives.
  /// - Throws: `inUse`, `notAStore`, `damaged`, or `system`.
  public init(path: String, synchronization: Synchronization = .process) throws(MQTTStoreError) {
    var log = try StoreLog.open(path, synchronization)
    let size = try log.readHeader()
    var tables = StoreTables()
    bytesCutOff = try log.read(size: size) { tables.apply($0) }
    state = Lock(FileStoreState(log: log, tables: tables))
  }

  deinit {
    // what was noted since the last packet left need not be kept, but the next start has less to do with it
    try? commit()
  }
}
