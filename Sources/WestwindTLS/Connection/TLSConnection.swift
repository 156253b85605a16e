internal import Synchronization
internal import SystemPackage
internal import TLSEngine
internal import WestwindBuffers
internal import WestwindSockets

/// What stands behind a TLS descriptor.
///
/// - The read side and the write side have a lock each, which are held over a wait, so that the order of the stream is
///   kept. The engine has its own, `tls`, which both take for as long as OpenSSL computes.
/// - What the read side makes OpenSSL say (an alert, the answer to a KeyUpdate) stays in the engine's output.
///   Whoever holds the write lock sends it before letting go and looks again afterwards, so nobody waits for it and
///   nothing is forgotten.
/// - What has been encrypted cannot be taken back. If the socket does not take it in time it waits here, as in a socket's
///   send buffer, and leaves with the next call: of a writer, or of a reader, who waits for room as well.
final class TLSConnection: Sendable {
  let socket: SocketDescriptor
  /// The operations of the socket below, looked up once.
  let below: any SocketOperations
  /// Whether the socket below is closed with this descriptor: where it was opened with it.
  let ownsSocket: Bool
  /// The descriptor's number.
  let number: CInt
  /// What the options said, where it was a TLS socket that connected.
  let settings: TLSSettings?

  /// The memory for ciphertext on its way: borrowed while bytes wait, so an idle connection has none.
  let memory = BufferPool.ciphertext

  /// Locks are taken in this order.
  let writeSide = Lock(WriteSide())
  let readSide = Lock(ReadSide())
  let tls: Lock<EngineState>
  let readiness: Lock<Readiness>

  /// Ciphertext waits to leave that nobody holds back.
  let hasOutput = Atomic<Bool>(false)
  /// Where the handshake is: until it is over it has the engine for itself.
  let handshake = Atomic<Handshake>(.underWay)
  let isClosed = Atomic<Bool>(false)
  let isReadShut = Atomic<Bool>(false)
  let isWriteShut = Atomic<Bool>(false)
  let isNonBlockingMode = Atomic<Bool>(false)
  /// How long calls without a timeout may wait.
  let timeouts: CallTimeouts
  /// The socket below is closed, and its number may be another file's.
  let isSocketLost = Atomic<Bool>(false)
  /// Each ends the wait of the thread that waits for its direction.
  let readWaker = Waker()
  let writeWaker = Waker()
  /// Something has been sent since the last read.
  let hasSent = Atomic<Bool>(false)
  /// OpenSSL holds what a receiving call would deliver, as `settle` found it last.
  let holdsDeliverable = Atomic<Bool>(false)
  /// Which process opened the connection: in one that was forked off, a lock may be held by a thread that is not there.
  let forks = currentForkCount()

  init(
    over socket: SocketDescriptor, engine: consuming TLSConnectionEngine, readiness: consuming Readiness,
    ownsSocket: Bool,
    settings: TLSSettings? = nil
  ) {
    self.socket = socket
    below = socket.operations
    self.ownsSocket = ownsSocket
    number = readiness.number
    self.settings = settings
    timeouts = CallTimeouts(of: below)
    tls = Lock(EngineState(engine))
    self.readiness = Lock(readiness)
  }

  /// The deadline of a call that may also be told by the descriptor's own mode, or its option.
  func deadline(of wait: Wait, _ flags: MessageFlags, _ option: @autoclosure () -> Timeout) -> Deadline {
    if flags.contains(.dontWait) { return .immediate }
    return wait.deadline ?? (isNonBlockingMode.load(ordering: .relaxed) ? .immediate : Deadline(option()))
  }

  func checkIsOpen() throws(Errno) {
    if isClosed.load(ordering: .acquiring) || isSocketLost.load(ordering: .sequentiallyConsistent) {
      throw .badFileDescriptor
    }
  }

  /// The socket below, for what concerns it alone.
  ///
  /// - Throws: `ENOTCONN` if it is closed.
  func socketBelow() throws(Errno) -> any SocketOperations {
    if isSocketLost.load(ordering: .sequentiallyConsistent) { throw .socketNotConnected }
    return below
  }

  /// Where `connect` is still in the handshake, in another thread, this one has no part in it: a read or a write would make
  /// OpenSSL go on with the handshake here.
  func checkIsConnected() throws(Errno) {
    try checkIsOpen()
    guard handshake.load(ordering: .acquiring) == .over else { throw .socketNotConnected }
  }

  enum Handshake: UInt8, AtomicRepresentable {
    case underWay
    /// Another thread has called `shutdown`: it is about to end.
    case abandoned
    /// It has ended, well or not.
    case over
  }
}

/// What the read lock protects.
struct ReadSide: ~Copyable {
  /// What `readiness` was told last.
  var isBuffered = false
  var prediction = WaitPrediction()
}

/// What the write lock protects.
struct WriteSide: ~Copyable {
  /// Ciphertext on its way to the socket. It has memory only while bytes wait.
  var outgoing = ByteQueue(capacity: TLSConnectionEngine.bufferCapacity)
  /// What sending failed with; nothing more can be sent.
  var failure: Errno?
  /// `readiness` watches for room.
  var isWaitingForRoom = false
  /// The socket below has been told that nothing more comes.
  var hasShutBelow = false
}

extension BufferPool {
  /// 64 idle buffers are 4 MiB.
  fileprivate static let ciphertext = BufferPool.shared(capacity: TLSConnectionEngine.bufferCapacity, limit: 64)
}
