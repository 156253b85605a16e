public import SystemPackage
public import WestwindSockets

/// A descriptor over another that fails as it is told: the peer, the network and the kernel at their worst, one
/// operation at a time.
///
/// Every `send` and `receive` counts as an operation, from 0. The socket below is not closed with this one.
public final class ScriptedSocket: SocketOperations {
  /// What happens at an operation instead of what would have.
  public enum Fault: Sendable, Hashable, CaseIterable {
    /// All but the last byte is transferred.
    case shortByOne
    /// One byte is transferred.
    case oneByte
    /// `EINTR`, as if a signal had come.
    case interrupted
    /// `EAGAIN`, three times over, though the caller was ready to wait.
    case wouldBlock
    /// `ECONNRESET`, from now on.
    case reset
    /// The end of the stream when receiving, `EPIPE` when sending, from now on.
    case endOfStream
  }

  /// When which fault happens, and where the incoming bytes are cut.
  public struct Script: Sendable {
    /// The operation that fails first.
    public var operation: Int
    public var fault: Fault?
    /// Incoming bytes are not delivered across this position of the stream.
    public var cut: Int?

    public init(fault: Fault, at operation: Int) {
      self.operation = operation
      self.fault = fault
    }

    /// No fault: the incoming stream is cut in two at a position.
    public init(cuttingAt position: Int) {
      operation = 0
      cut = position
    }

    /// No fault and no cut: only counts operations.
    public init() {
      operation = 0
    }
  }

  private struct State: ~Copyable {
    var readiness: Readiness
    var operations = 0
    var received = 0
    var wouldBlockLeft = 0
    var isDead = false
  }

  private let below: any SocketOperations
  private let script: Script
  private let state: Lock<State>
  public let readableNumber: CInt
  public var writableNumber: CInt { below.writableNumber }

  /// Makes a descriptor over another.
  public static func make(
    over socket: SocketDescriptor, script: Script
  ) throws(Errno) -> (descriptor: SocketDescriptor, socket: ScriptedSocket) {
    let scripted = try ScriptedSocket(below: socket.operations, script: script)
    return (SocketDescriptor.register(scripted, number: scripted.readableNumber), scripted)
  }

  private init(below: any SocketOperations, script: Script) throws(Errno) {
    self.below = below
    self.script = script
    let readiness = try Readiness(watching: below.readableNumber)
    readableNumber = readiness.number
    state = Lock(State(readiness: readiness))
  }

  /// How many operations were made, failed ones included.
  public var operationCount: Int { state.withLock { $0.operations } }

  /// What to do at this operation.
  private func next() -> Fault? {
    state.withLock { state in
      defer { state.operations += 1 }
      if state.isDead { return script.fault }
      if state.wouldBlockLeft > 0 {
        state.wouldBlockLeft -= 1
        return .wouldBlock
      }
      guard let fault = script.fault, state.operations == script.operation else { return nil }
      switch fault {
      case .wouldBlock: state.wouldBlockLeft = 2
      case .reset, .endOfStream:
        state.isDead = true
        state.readiness.wake()
      default: break
      }
      return fault
    }
  }

  public func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    let total = payload.byteCount
    let limit: Int
    switch next() {
    case nil: limit = total
    case .shortByOne: limit = max(1, total - 1)
    case .oneByte: limit = 1
    case .interrupted: throw .interrupted
    case .wouldBlock: throw .wouldBlock
    case .reset: throw .connectionReset
    case .endOfStream: throw .brokenPipe
    }
    return try below.send(payload.prefix(limit), flags: flags, wait: wait)
  }

  public func receive(
    into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait
  ) throws(Errno) -> ReceivedMetadata {
    var limit = output.freeCapacity
    switch next() {
    case nil: break
    case .shortByOne: limit = max(1, try peekCount(limit, flags: flags, wait: wait) - 1)
    case .oneByte: limit = 1
    case .interrupted: throw .interrupted
    case .wouldBlock: throw .wouldBlock
    case .reset: throw .connectionReset
    case .endOfStream: return ReceivedMetadata(count: 0)
    }
    if let cut = script.cut {
      let received = state.withLock { $0.received }
      if received < cut { limit = min(limit, cut - received) }
    }
    var received = ReceivedMetadata(count: 0)
    var failure: Errno?
    // Sound: the part lent is free room of `output`, and the count grows by what was written to it.
    unsafe output.withUnsafeMutableBytes { bytes, count in
      let end = min(count + limit, bytes.count)
      var part = unsafe OutputRawSpan(
        buffer: UnsafeMutableRawBufferPointer(rebasing: bytes[count..<end]), initializedCount: 0)
      do throws(Errno) {
        received = try below.receive(into: &part, flags: flags, wait: wait)
        count += received.count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    let count = received.count
    if !flags.contains(.peek) { state.withLock { $0.received += count } }
    return received
  }

  /// How many bytes a receive would give.
  private func peekCount(_ room: Int, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    var failure: Errno?
    // Sound: the storage has the capacity that the output span is given, and its count is what was written.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
      var output = unsafe OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      do throws(Errno) {
        count = try below.receive(into: &output, flags: flags.union(.peek), wait: wait).count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes.count
  }

  public func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
    if state.withLock({ $0.isDead }) { return events }
    return try below.wait(for: events, wait)
  }

  public func shutdown(_ direction: ShutdownKind) throws(Errno) { try below.shutdown(direction) }
  public func setOption(level: CInt, name: CInt, value: RawSpan) throws(Errno) {
    try below.setOption(level: level, name: name, value: value)
  }
  public func getOption(level: CInt, name: CInt, into value: inout OutputRawSpan) throws(Errno) {
    try below.getOption(level: level, name: name, into: &value)
  }
  public func localName() throws(Errno) -> SocketAddress { try below.localName() }
  public func peerName() throws(Errno) -> SocketAddress { try below.peerName() }
  public func setNonBlocking(_ isOn: Bool) throws(Errno) { try below.setNonBlocking(isOn) }
  public func isNonBlocking() throws(Errno) -> Bool { try below.isNonBlocking() }

  public func close() throws(Errno) {
    SocketDescriptor.unregister(number: readableNumber)
    state.withLock { $0.readiness.close() }
  }
}
