internal import Synchronization
internal import SystemPackage
internal import WestwindSockets

extension TLSConnection {
  /// Gets more ciphertext from the descriptor below and hands it to the engine, which has used up what it had.
  ///
  /// The end of the stream, and errors of the descriptor below, become the engine's failure: they come behind what was
  /// received before.
  ///
  /// - Throws: only what does not end the stream: `EAGAIN` at the deadline, or that another thread ended the wait.
  func fill(_ side: inout ReadSide, deadline: Deadline, _ callers: Interruption?) throws(Errno) {
    var buffer = RecordBuffer()
    do throws(Errno) {
      let count = try receiveCiphertext(into: &buffer, deadline: deadline, callers)
      if count == 0 { engine.withLock { $0.fail(.truncated) } }
    } catch {
      guard error.endsStream, error != .badFileDescriptor || !isClosed.load(ordering: .acquiring) else { throw error }
      engine.withLock { $0.fail(.system(error)) }
    }
    var input = Optional(buffer)
    engine.withLock { engine in
      // OpenSSL said that it needs more, and says so only when it has asked the transport and got nothing. Since then nobody
      // has put anything there: who does holds the read side's lock, and has held it since then, or is in the handshake,
      // before whose end nobody else gets here.
      assert(!engine.transport.hasInput, "ciphertext that has come would be lost")
      swap(&engine.transport.input, &input)
    }
  }

  /// One receiving call where something is there, or where there is nothing else to wait for.
  private func receiveCiphertext(
    into buffer: inout RecordBuffer, deadline: Deadline, _ callers: Interruption?
  ) throws(Errno) -> Int {
    while true {
      let interruption = reader.begin(callers)
      try checkIsOpen()
      if isReadShut.load(ordering: .acquiring) { throw .nudged }
      // What waits to leave is waited for together with what comes.
      let mayBlock = !hasOutput.load(ordering: .sequentiallyConsistent)
      let wait = reader.wait(until: mayBlock ? deadline : .immediate, interruption)
      do throws(Errno) {
        return try buffer.withFree { room throws(Errno) in
          try below.receive(into: &room, flags: [], wait: wait).count
        }
      } catch {
        switch error {
        case .interrupted: continue
        case .nudged where reader.isOwn(interruption): continue
        case .wouldBlock: try waitForInput(reader.wait(until: deadline, interruption))
        default: throw error
        }
      }
    }
  }

  private func waitForInput(_ wait: Wait) throws(Errno) {
    if hasOutput.load(ordering: .sequentiallyConsistent) { pump() }
    guard wait.deadline != .immediate else { throw .wouldBlock }
    let isPending = hasOutput.load(ordering: .sequentiallyConsistent)
    do throws(Errno) {
      let events = try below.wait(for: isPending ? [.readable, .writable] : .readable, wait)
      if events.contains(.writable) { pump() }
      if events.isEmpty { throw .wouldBlock }
    } catch {
      // Sound: asked for during the call that it was handed to.
      guard error == .nudged, let interruption = unsafe wait.interruption, reader.isOwn(interruption) else {
        throw error
      }
    }
  }
}
