import Glibc
import Synchronization

extension ChildProcess {
  /// How the child ended, or `nil` while it runs.
  public func exitStatus() -> ExitStatus? {
    state.withLock { state in
      if state.status == nil { state.status = reap(processIdentifier) }
      return state.status
    }
  }

  /// Waits until the child has ended. Throws at the deadline; the child then still runs.
  public func waitForExit(timeout: Duration = .seconds(10)) throws(TestSupportError) -> ExitStatus {
    let deadline = ContinuousClock.now + timeout
    while true {
      if let status = exitStatus() { return status }
      guard .now < deadline else { throw TestSupportError("\(name) did not end in time") }
      usleep(2_000)
    }
  }

  /// Ends the child if it still runs, first by `SIGTERM`, after `grace` by `SIGKILL`; reaps it
  /// and closes the descriptors to it. May be called again.
  @discardableResult
  public func terminate(grace: Duration = .seconds(2)) -> ExitStatus {
    if exitStatus() == nil {
      signal(SIGTERM)
      if (try? waitForExit(timeout: grace)) == nil { signal(SIGKILL) }
    }
    return state.withLock { state in
      if state.input >= 0 { close(state.input) }
      state.input = -1
      state.output.end()
      state.errors.end()
      let status = state.status ?? reap(processIdentifier, wait: true) ?? .exited(-1)
      state.status = status
      return status
    }
  }

  /// Sends a signal, unless the child is reaped and its number may be another process's.
  public func signal(_ number: Int32) {
    state.withLock { state in
      if state.status == nil { _ = kill(processIdentifier, number) }
    }
  }

  /// Runs a program to its end and gives back what it wrote.
  public static func run(
    _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
    input: [UInt8] = [], timeout: Duration = .seconds(60)
  ) throws(TestSupportError) -> (status: ExitStatus, output: String, errors: String) {
    let child = try ChildProcess(
      path, arguments, environment: environment, standardError: .captured)
    defer { child.terminate() }
    let deadline = ContinuousClock.now + timeout
    if input.isEmpty { child.closeInput() }
    // input goes by a thread of its own: a child may write before it has read all
    let writer =
      input.isEmpty
      ? nil
      : BlockingThread {
        try? child.write(input)
        child.closeInput()
      }
    let output: [UInt8]
    let status: ExitStatus
    do {
      output = try child.readAll(timeout: timeout)
      status = try child.waitForExit(timeout: deadline - .now)
    } catch {
      child.terminate()
      try? writer?.join()
      throw error
    }
    try? writer?.join()
    return (status, String(decoding: output, as: UTF8.self), child.takeErrors())
  }
}

private func reap(_ process: pid_t, wait: Bool = false) -> ChildProcess.ExitStatus? {
  var status: CInt = 0
  var result: pid_t
  repeat {
    result = waitpid(process, &status, wait ? 0 : WNOHANG)
  } while result < 0 && errno == EINTR
  guard result == process else { return nil }
  let signal = status & 0x7F
  return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
}
