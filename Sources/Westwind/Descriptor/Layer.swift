internal import Synchronization
internal import SystemPackage
internal import WebSocketEngine
internal import WestwindBuffers
internal import WestwindSockets

/// Polling, and numbers that are closed under the connection.
extension BlockingConnection: Layer {
  /// Parses what has come: a PING that is answered, half a header, or an empty read is nothing for the program.
  func canReceive() -> Bool {
    guard state.allowsReceiving else { return true }
    // Another thread that receives takes what has come.
    return readSide.withLock(until: .immediate) { side in
      defer { settle(&side) }
      return parseWhatHasCome(&side)
    } ?? true
  }

  private func parseWhatHasCome(_ side: inout ReadSide) -> Bool {
    if hasAffairs { pump() }
    var budget = ReadBudget()
    repeat {
      switch nextStep(&side) {
      case .data where side.engine.message.remaining == 0 || side.engine.available > 0: return true
      case .control, .failed, .ended: return true
      case .data, .needsInput, .needsMemory, .answer: break
      }
      do throws(WebSocketError) {
        budget.note(try fill(&side, deadline: .immediate))
      } catch {
        if error.isTransient { return false }
        // The next receiving call tells it.
        owe(error, &side)
        return true
      }
    } while !budget.isSpent(.immediate)
    return false
  }

  var holdsNumber: Bool { readiness.withLock { $0.isIntact } }
  var holdsSocket: Bool { readiness.withLock { $0.watchesBelow } }

  func loseSocket(isOpen: Bool) {
    Layers.end(over: number, of: self)
    if isOpen, state.isUsable { _ = try? sendClose([], deadline: .immediate, locksBy: .immediate) }
    isSocketLost.store(true, ordering: .sequentiallyConsistent)
    noteAbnormalEnd()
    markFailed()
    readiness.withLock { $0.loseBelow() }
    awaitUsers()
  }

  func loseNumber() {
    readiness.withLock { $0.loseNumber() }
    _ = try? disconnect([], deadline: .immediate)
  }

  /// Closes the socket below, unless its number may be another file's.
  func closeSocket() {
    if !isSocketLost.load(ordering: .sequentiallyConsistent) { try? socket.close() }
  }

  /// The socket below, for what concerns it alone.
  ///
  /// - Throws: `ENOTCONN` if it is closed.
  func socketBelow() throws(Errno) -> any SocketOperations {
    if isSocketLost.load(ordering: .sequentiallyConsistent) { throw .socketNotConnected }
    return below
  }
}
