public import SystemPackage
public import WestwindBuffers

/// What a descriptor can do: the operations table, which is the only seam between kinds of descriptors.
///
/// A kernel socket has these operations as it stands. Every other kind (a WebSocket, a pipe in memory, a script of
/// faults) conforms to this protocol and is entered in the table under the number of a real kernel descriptor, by
/// `SocketDescriptor.register`.
public protocol SocketOperations: Sendable {
  /// The kernel's number to poll for input.
  var readableNumber: CInt { get }
  /// The kernel's number to poll for output. It may be another than `readableNumber`.
  var writableNumber: CInt { get }

  /// Writes a payload, whose runs are as if they were one.
  ///
  /// - Returns: the bytes taken: at least one if there was one to take, fewer than given if the descriptor would have to wait
  ///   and may not. A blocking stream takes all.
  /// - Throws: `EAGAIN` if nothing could be taken in time, `EALREADY` if another thread has ended the wait: look at the state of
  ///   things, and call again.
  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int

  /// Appends what has arrived to `output`.
  ///
  /// - Returns: the bytes appended; 0 at the end of the stream.
  /// - Throws: `EAGAIN` if nothing came in time, `EALREADY` as `send`.
  func receive(into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait) throws(Errno) -> ReceivedMetadata

  /// As the other `receive` without flags, for a layer above that has a number of its own which is polled: until that layer
  /// is gone, the descriptor need not poll readable for what it holds in buffers of its own, since the layer is told. At its
  /// end the layer receives with `.peek` once more, by the other call, where it was told that there is more.
  ///
  /// - Parameters:
  ///   - output: free room, to which bytes are appended.
  ///   - wait: how to wait where nothing is there.
  ///   - holdsMore: whether another call would give something, or say why nothing more comes, although nothing arrives. It
  ///     is set where this throws, too.
  /// - Returns: how many bytes came: at least one, or 0 at the end of the stream.
  /// - Throws: as the other `receive`.
  func receive(into output: inout OutputRawSpan, wait: Wait, holdsMore: inout Bool) throws(Errno) -> Int

  /// Waits until one of the events is there. A layer waits by this operation of the descriptor below, or by its `send`, with
  /// the `Wait` that it was given: one that blocks in another way cannot be woken, and has a disconnect wait for it.
  ///
  /// - Returns: those that are; none when the deadline passed.
  /// - Throws: `EALREADY` if another thread has ended the wait, also for no reason that still holds.
  func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents

  /// Looks whether a receiving call would deliver something, or say why nothing more comes. `poll` asks when `readableNumber`
  /// polls readable, since a layer cannot know of the bytes below it what they are before it has read them: a session ticket,
  /// a PING, half a frame. What is not for the program is dealt with here. It does not wait, and takes a bounded time.
  ///
  /// By default: true.
  func canReceive() -> Bool

  /// Connects to an address.
  ///
  /// - Throws: `ETIMEDOUT` at the deadline.
  func connect(to address: SocketAddress, wait: Wait) throws(Errno)
  func bind(to address: SocketAddress) throws(Errno)
  func listen(backlog: CInt) throws(Errno)
  /// Takes the next connection.
  ///
  /// - Throws: `EAGAIN` where none came in time.
  func accept(wait: Wait) throws(Errno) -> SocketDescriptor

  func shutdown(_ direction: ShutdownKind) throws(Errno)
  func setOption(level: CInt, name: CInt, value: RawSpan) throws(Errno)
  /// Appends the option's value to `value`.
  func getOption(level: CInt, name: CInt, into value: inout OutputRawSpan) throws(Errno)
  func localName() throws(Errno) -> SocketAddress
  func peerName() throws(Errno) -> SocketAddress
  func setNonBlocking(_ isOn: Bool) throws(Errno)
  func isNonBlocking() throws(Errno) -> Bool
  /// Takes the entry out of the table and frees the number.
  func close() throws(Errno)
}

extension SocketOperations {
  public func receive(into output: inout OutputRawSpan, wait: Wait, holdsMore: inout Bool) throws(Errno) -> Int {
    holdsMore = false
    return try receive(into: &output, flags: [], wait: wait).count
  }

  public func wait(for events: PollEvents, _ wait: Wait) throws(Errno) -> PollEvents {
    try waitInKernel(readable: readableNumber, writable: writableNumber, for: events, wait)
  }

  public func canReceive() -> Bool { true }

  public func connect(to address: SocketAddress, wait: Wait) throws(Errno) { throw .notSocket }
  public func bind(to address: SocketAddress) throws(Errno) { throw .notSocket }
  public func listen(backlog: CInt) throws(Errno) { throw .notSocket }
  public func accept(wait: Wait) throws(Errno) -> SocketDescriptor { throw .notSocket }
  public func shutdown(_ direction: ShutdownKind) throws(Errno) { throw .notSupported }
  public func setOption(level: CInt, name: CInt, value: RawSpan) throws(Errno) { throw .noProtocolOption }
  public func getOption(level: CInt, name: CInt, into value: inout OutputRawSpan) throws(Errno) {
    throw .noProtocolOption
  }
  public func localName() throws(Errno) -> SocketAddress { throw .notSupported }
  public func peerName() throws(Errno) -> SocketAddress { throw .notSupported }
}

extension Errno {
  /// `ENOPROTOOPT`, which swift-system names after the protocol.
  package static var noProtocolOption: Errno { .protocolNotAvailable }
}
