internal import Synchronization
internal import SystemPackage
internal import TLSEngine
internal import WestwindSockets

/// What stands behind a TLS socket that was opened as one, Zephyr's way, until it is connected: a TCP socket of its own,
/// and what the options say. When it is connected, a `TLSConnection` takes its place under the same number.
final class TLSSocket: SocketOperations {
  private struct State: ~Copyable {
    var settings: TLSSettings
    /// nil once the connection has it.
    var readiness: Readiness?
    /// What has taken this one's place.
    var connection: TLSConnection?
    /// `shutdown` or `close` has been called, and there is to be no connection.
    var end: Errno?
    var lastError: TLSError?
  }

  private let socket: SocketDescriptor
  private let below: any SocketOperations
  private let number: CInt
  private let state: Lock<State>

  var readableNumber: CInt { number }
  var writableNumber: CInt { below.writableNumber }

  init(over socket: SocketDescriptor, minimumVersion: TLSVersion) throws(Errno) {
    self.socket = socket
    below = socket.operations
    let readiness = try Readiness(watching: below.readableNumber, output: below.writableNumber)
    number = readiness.number
    state = Lock(State(settings: TLSSettings(minimumVersion: minimumVersion), readiness: readiness))
  }

  var info: TLSInfo { TLSInfo(isResumed: false, lastError: state.withLock { $0.lastError }) }

  /// Connects, shakes hands, and becomes a TLS connection. The error in full is `lastError`.
  func connect(to address: SocketAddress, wait: Wait) throws(Errno) {
    do throws(TLSError) {
      let settings = state.withLock { $0.settings }
      // First, since options that cannot be used are to be told before anything is sent.
      let engine = try TLSConnectionEngine.client(
        settings.clientOptions(), peer: "\(address)", isLenient: settings.verification == .optional)
      var deadline = wait.deadline ?? .forever
      // As on Linux, it bounds connecting.
      if deadline == .forever { deadline = Deadline(CallTimeouts(of: below).sending) }
      do throws(Errno) {
        try below.connect(to: address, wait: wait.until(deadline))
      } catch {
        throw .system(error)
      }
      var taken: Readiness?
      state.withLock { swap(&taken, &$0.readiness) }
      guard let readiness = taken else { throw .system(.socketIsConnected) }
      let connection = TLSConnection(
        over: socket, engine: engine, readiness: readiness, ownsSocket: true, settings: settings)
      try giveWay(to: connection)
      do throws(TLSError) {
        try connection.shakeHands(deadline: deadline)
      } catch {
        // The number stays, to be closed; it says what was wrong.
        connection.tls.withLock { $0.fail(error) }
        connection.handshake.store(.over, ordering: .releasing)
        throw error
      }
      connection.begin()
    } catch {
      state.withLock { $0.lastError = error }
      throw error.errno
    }
  }

  /// From here on calls on the number go to the connection, so that another thread's `close` and `shutdown` end the
  /// handshake.
  ///
  /// - Throws: `EBADF` where the socket has been closed meanwhile, `ECONNABORTED` where it has been shut.
  private func giveWay(to connection: TLSConnection) throws(TLSError) {
    let end = state.withLock { state in
      guard state.end == nil else { return state.end }
      if let isOn = try? below.isNonBlocking() { connection.isNonBlockingMode.store(isOn, ordering: .relaxed) }
      state.connection = connection
      _ = SocketDescriptor.enter(connection, number: number)
      return nil
    }
    if let end { throw .system(end) }
  }

  func bind(to address: SocketAddress) throws(Errno) { try below.bind(to: address) }
  func listen(backlog: CInt) throws(Errno) { try below.listen(backlog: backlog) }

  /// Takes a connection and shakes hands, both before the deadline, and the hands no longer than a client may take.
  /// Zephyr does so too, but waits for the client without end. A client that fails ends the call, and nothing else: the
  /// listener is as it was.
  func accept(wait: Wait) throws(Errno) -> SocketDescriptor {
    let accepted = try below.accept(wait: wait)
    let settings = state.withLock { $0.settings }
    do throws(TLSError) {
      let engine = try TLSConnectionEngine.server(
        settings.serverOptions(), isLenient: settings.verification == .optional)
      return try TLSConnection.open(
        over: accepted, engine: engine, deadline: handshakeDeadline(settings, within: wait), ownsSocket: true)
    } catch {
      try? accepted.close()
      state.withLock { $0.lastError = error }
      throw error.ofAccept
    }
  }

  /// Who does not wait for a client, on a listener that is not blocking or without time, waits for its handshake all
  /// the same: no client could be taken otherwise.
  private func handshakeDeadline(_ settings: TLSSettings, within wait: Wait) -> Deadline {
    let own = Deadline(settings.handshakeTimeout)
    guard let deadline = wait.deadline, deadline != .immediate else { return own }
    return min(deadline, own)
  }

  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int { throw .socketNotConnected }

  func receive(
    into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait
  ) throws(Errno) -> ReceivedMetadata { throw .socketNotConnected }

  func setOption(level: CInt, name: CInt, value: RawSpan) throws(Errno) {
    guard level == TLSSocketOption.level else {
      if !CallTimeouts.isOne(level: level, name: name) {
        try PassedOption.check(level: level, name: name, isSetting: true)
      }
      return try below.setOption(level: level, name: name, value: value)
    }
    try state.withLock { state throws(Errno) in try state.settings.set(name, value) }
  }

  func getOption(level: CInt, name: CInt, into value: inout OutputRawSpan) throws(Errno) {
    guard level == TLSSocketOption.level else {
      if !CallTimeouts.isOne(level: level, name: name) {
        try PassedOption.check(level: level, name: name, isSetting: false)
      }
      return try below.getOption(level: level, name: name, into: &value)
    }
    switch TLSSocketOption(rawValue: name) {
    case .cipherSuiteUsed, .certificateVerifyResult: throw .socketNotConnected
    default:
      let settings = state.withLock { $0.settings }
      try settings.get(name, into: &value)
    }
  }

  /// Zephyr's option `TLS_CERT_VERIFY_CALLBACK`, which is no value of bytes.
  func setVerifier(_ verifier: TLSVerifier?) { state.withLock { $0.settings.verifier = verifier } }

  func localName() throws(Errno) -> SocketAddress { try below.localName() }
  func peerName() throws(Errno) -> SocketAddress { try below.peerName() }

  // Who asks this one for what follows may have had it before it gave way: then the connection is meant.

  func shutdown(_ direction: ShutdownKind) throws(Errno) {
    let connection = try state.withLock { state throws(Errno) in
      if state.connection == nil {
        try below.shutdown(direction)
        state.end = state.end ?? .connectionAbort
      }
      return state.connection
    }
    try connection?.shutdown(direction)
  }

  func setNonBlocking(_ isOn: Bool) throws(Errno) {
    let connection = try state.withLock { state throws(Errno) in
      if state.connection == nil { try below.setNonBlocking(isOn) }
      return state.connection
    }
    try connection?.setNonBlocking(isOn)
  }

  func isNonBlocking() throws(Errno) -> Bool {
    guard let connection = state.withLock({ $0.connection }) else { return try below.isNonBlocking() }
    return try connection.isNonBlocking()
  }

  /// Whether the number still is its own file.
  var isIntact: Bool { state.withLock { $0.readiness?.isIntact ?? ($0.connection?.holdsNumber ?? true) } }

  /// The number is another file's, and is left alone.
  func abandonNumber() { state.withLock { $0.readiness?.loseNumber() } }

  func close() throws(Errno) {
    let connection = try state.withLock { state throws(Errno) in
      guard state.end != .badFileDescriptor else { throw .badFileDescriptor }
      if state.connection == nil {
        state.end = .badFileDescriptor
        SocketDescriptor.unregister(number: number, of: self)
      }
      state.readiness?.close()
      return state.connection
    }
    if let connection { return try connection.close() }
    try socket.close()
  }
}
