internal import Synchronization
internal import SystemPackage
internal import WestwindSockets

/// What stands behind the number of a client that is polled: it polls readable for what has come over the transport, for what
/// waits in the client's buffer, and for time. Options, names and `shutdown` are the transport's; its bytes are the client's.
///
/// Any thread may use it, whoever has the client.
final class ClientSocket: Layer, LayeredSocket {
  let number: CInt
  let descriptorBelow: SocketDescriptor
  private let below: any SocketOperations
  private let readiness: Lock<Readiness>
  private let isBuffered = Atomic<Bool>(false)
  private let isClosed = Atomic<Bool>(false)
  /// When time asks for something, in nanoseconds.
  private let due = Atomic<Int64>(.max)
  private let timeouts = CallTimeouts()

  /// - Parameter descriptor: the transport's descriptor. It stays open until `retire`.
  init(over descriptor: SocketDescriptor) throws(Errno) {
    descriptorBelow = descriptor
    below = descriptor.operations
    let readiness = try Readiness(watching: below.readableNumber)
    number = readiness.number
    self.readiness = Lock(readiness)
    _ = SocketDescriptor.enter(self, number: number)
  }

  /// Gives the number back. The transport's descriptor is not used any more.
  func retire() {
    isClosed.store(true, ordering: .sequentiallyConsistent)
    SocketDescriptor.unregister(number: number, of: self)
    readiness.withLock { $0.close() }
  }

  // MARK: The client's side

  /// Says whether packets wait in the client's buffer.
  func setBuffered(_ isOn: Bool) {
    isBuffered.store(isOn, ordering: .sequentiallyConsistent)
    readiness.withLock { $0.setBuffered(isOn || isClosed.load(ordering: .sequentiallyConsistent)) }
  }

  func setTimer(_ deadline: Deadline) throws(Errno) {
    due.store(deadline.nanoseconds, ordering: .sequentiallyConsistent)
    try readiness.withLock { readiness throws(Errno) in try readiness.setTimer(deadline) }
  }

  /// What `SO_SNDTIMEO` says; nil if nobody has set it.
  var writeTimeout: Timeout? { timeouts.sending == .forever ? nil : timeouts.sending }

  /// What `SO_RCVTIMEO` says.
  var readTimeout: Timeout { timeouts.receiving }

  // MARK: The program's side

  var readableNumber: CInt { number }
  var writableNumber: CInt { below.writableNumber }

  func canReceive() -> Bool {
    if isBuffered.load(ordering: .sequentiallyConsistent) || isClosed.load(ordering: .sequentiallyConsistent) {
      return true
    }
    if due.load(ordering: .sequentiallyConsistent) <= Deadline.now.nanoseconds { return true }
    return below.canReceive()
  }

  /// The stream is MQTT's.
  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int { throw .notSupportedOnSocket }

  func receive(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait) throws(Errno) -> ReceivedMetadata {
    throw .notSupportedOnSocket
  }

  func setOption(level: CInt, name: CInt, value: RawSpan) throws(Errno) {
    if try timeouts.set(level: level, name: name, value: value) { return }
    if SocketDescriptor.isKernel(below) { try PassedOption.check(level: level, name: name, isSetting: true) }
    try transport().setOption(level: level, name: name, value: value)
  }

  func getOption(level: CInt, name: CInt, into value: inout OutputRawSpan) throws(Errno) {
    if try timeouts.get(level: level, name: name, into: &value) { return }
    if SocketDescriptor.isKernel(below) { try PassedOption.check(level: level, name: name, isSetting: false) }
    try transport().getOption(level: level, name: name, into: &value)
  }

  func shutdown(_ direction: ShutdownKind) throws(Errno) {
    // Under the lock that `retire` takes before the transport's number is given back.
    try readiness.withLock { readiness throws(Errno) in
      guard readiness.watchesBelow else { throw .badFileDescriptor }
      try transport().shutdown(direction)
    }
  }
  func localName() throws(Errno) -> SocketAddress { try transport().localName() }
  func peerName() throws(Errno) -> SocketAddress { try transport().peerName() }
  func setNonBlocking(_ isOn: Bool) throws(Errno) { try transport().setNonBlocking(isOn) }
  func isNonBlocking() throws(Errno) -> Bool { try transport().isNonBlocking() }

  /// The transport's descriptor, for what concerns it alone.
  ///
  /// - Throws: `EBADF` if the connection is over: the number may be another's.
  private func transport() throws(Errno) -> any SocketOperations {
    if isClosed.load(ordering: .sequentiallyConsistent) { throw .badFileDescriptor }
    return below
  }

  /// Ends the connection; the client finds that out, and tells it.
  func close() throws(Errno) {
    guard !isClosed.exchange(true, ordering: .sequentiallyConsistent) else { throw .badFileDescriptor }
    SocketDescriptor.unregister(number: number, of: self)
    readiness.withLock { readiness in
      // The transport's number may be another's by now: the client has retired this, or the program has closed numbers itself.
      if readiness.watchesBelow { try? below.shutdown(.readWrite) }
      readiness.close()
    }
  }

  // MARK: Numbers

  var holdsNumber: Bool { readiness.withLock { $0.isIntact } }
  var holdsSocket: Bool { true }
  func loseSocket(isOpen: Bool) {}

  func loseNumber() {
    readiness.withLock { $0.loseNumber() }
    try? close()
  }
}
