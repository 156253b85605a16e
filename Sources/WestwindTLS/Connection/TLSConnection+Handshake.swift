internal import Synchronization
internal import SystemPackage
internal import TLSEngine
internal import WestwindSockets

extension TLSConnection {
  /// Makes a connection over a socket and shakes hands.
  ///
  /// - Returns: the connection, entered in the table.
  static func open(
    over socket: SocketDescriptor, engine: consuming TLSConnectionEngine, deadline: Deadline, ownsSocket: Bool = false
  ) throws(TLSError) -> SocketDescriptor {
    if socket.layer != nil { Layers.dropStale(socket.rawValue) }
    let below = socket.operations
    let connection: TLSConnection
    do throws(Errno) {
      let readiness = try Readiness(watching: below.readableNumber, output: below.writableNumber)
      connection = TLSConnection(over: socket, engine: engine, readiness: readiness, ownsSocket: ownsSocket)
    } catch {
      throw .system(error)
    }
    do throws(TLSError) {
      try connection.shakeHands(deadline: deadline)
    } catch {
      connection.readiness.withLock { $0.close() }
      connection.tls.withLock { $0.engine.discard(memory: connection.memory) }
      throw error
    }
    let descriptor = SocketDescriptor.enter(connection, number: connection.number)
    // Its owner closes a socket of its own with it, and nobody else knows the number.
    if !ownsSocket, let place = Layers.reserve(over: socket.rawValue) { _ = Layers.put(connection, place) }
    connection.begin()
    return descriptor
  }

  /// Data that came together with the peer's last word already makes the descriptor readable.
  func begin() {
    readSide.withLock { side in _ = settle(&side) }
    pump()
  }

  /// - Throws: what is wrong with the peer, or `timedOut`. It has been told, if that was possible without waiting.
  func shakeHands(deadline: Deadline) throws(TLSError) {
    try exchangeFlights(deadline: deadline)
    // From here on `shutdown` means one direction; one that came before meant the handshake, however near its end.
    let (isInTime, _) = handshake.compareExchange(
      expected: .underWay, desired: .over, ordering: .acquiringAndReleasing)
    guard isInTime else { throw .system(.connectionAbort) }
  }

  private func exchangeFlights(deadline: Deadline) throws(TLSError) {
    while true {
      let step = tls.withLock { $0.engine.shakeHands(memory: memory) }
      if step == .failed || step == .ended {
        // The alert, if there is one.
        try? flush(Wait(until: .immediate))
        throw tls.withLock { $0.failure } ?? .protocolError("the peer closed within the handshake")
      }
      do throws(Errno) {
        if step == .done, tls.withLock({ $0.engine.owesTicketsOnly }) {
          // The client need not read them before it sends, so they are not waited for.
          tls.withLock { noteOutput($0.engine) }
          pump()
          return
        }
        try flush(Wait(until: deadline))
        if step == .done { return }
        // A peer that never stops sending does not make this outlast its time.
        if deadline != .immediate, deadline.hasPassed { throw .wouldBlock }
        if step == .needsInput {
          try readSide.withLock { side throws(Errno) in try fill(&side, Wait(until: deadline), readWaker) }
        }
      } catch {
        // Another thread has called `shutdown`.
        if handshake.load(ordering: .acquiring) == .abandoned { throw .system(.connectionAbort) }
        throw error == .wouldBlock ? .timedOut : .system(error)
      }
    }
  }

  /// Sends what the handshake says, unless another thread has called `close`.
  private func flush(_ wait: Wait) throws(Errno) {
    try writeSide.withLock { side throws(Errno) in
      try checkIsOpen()
      try flush(&side, wait)
    }
  }
}
