import Glibc
import Synchronization

extension ChildProcess {
  /// The next line of the output without its newline, or `nil` at the end of the output.
  ///
  /// Throws when no whole line has come after `timeout`.
  public func readLine(timeout: Duration = .seconds(10)) throws(TestSupportError) -> String? {
    let deadline = ContinuousClock.now + timeout
    while true {
      let (line, isOpen) = state.withLock { state in
        (state.output.takeLine(), state.output.isOpen)
      }
      if let line { return line }
      if !isOpen { return state.withLock { $0.output.takeRest() } }
      try pump(until: deadline, for: "a line")
    }
  }

  /// The first line for which `isWanted` says yes. Lines before it are dropped.
  public func readLine(
    timeout: Duration = .seconds(10), where isWanted: (String) -> Bool
  ) throws(TestSupportError) -> String {
    let deadline = ContinuousClock.now + timeout
    while let line = try readLine(timeout: deadline - .now) {
      if isWanted(line) { return line }
    }
    throw TestSupportError("\(name) ended its output without the expected line")
  }

  /// All that is left of the output, up to its end.
  public func readAll(timeout: Duration = .seconds(10)) throws(TestSupportError) -> [UInt8] {
    let deadline = ContinuousClock.now + timeout
    while state.withLock({ $0.output.isOpen || $0.errors.isOpen }) {
      try pump(until: deadline, for: "the end of its output")
    }
    return state.withLock { $0.output.takeAll() }
  }

  /// What the child has written to a captured standard error so far, as far as it was read
  /// while output was read; all of it after ``readAll(timeout:)``.
  public func takeErrors() -> String {
    state.withLock { String(decoding: $0.errors.takeAll(), as: UTF8.self) }
  }

  /// Writes to the child's standard input. Throws if the child no longer reads it.
  public func write(_ bytes: [UInt8]) throws(TestSupportError) {
    let input = state.withLock { $0.input }
    guard input >= 0 else { throw TestSupportError("the standard input of \(name) is closed") }
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(input, $0.baseAddress! + sent, $0.count - sent, CInt(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
      } else if errno != EINTR {
        throw TestSupportError("writing to \(name): \(errorText())")
      }
    }
  }

  /// Ends the child's standard input. Peers of the tests end with it.
  public func closeInput() {
    state.withLock { state in
      if state.input >= 0 { close(state.input) }
      state.input = -1
    }
  }

  /// Waits a little for output and takes in what has come. Throws at the deadline.
  private func pump(
    until deadline: ContinuousClock.Instant, for what: String
  ) throws(TestSupportError) {
    let left = deadline - .now
    guard left > .zero else { throw TestSupportError("\(name) gave no \(what) in time") }
    // short waits, so that another thread can terminate the child meanwhile
    let wait = min(left / .milliseconds(1) + 1, 50)
    state.withLock { state in
      var entries = [
        pollfd(fd: state.output.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: state.errors.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&entries, nfds_t(entries.count), CInt(wait)) > 0 else { return }
      if entries[0].revents != 0 { state.output.fill() }
      if entries[1].revents != 0 { state.errors.fill() }
    }
  }
}

extension ChildProcess.Stream {
  mutating func fill() {
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = read(descriptor, &buffer, buffer.count)
    if count > 0 {
      bytes += buffer[..<count]
    } else if count == 0 || errno != EINTR {
      end()
    }
  }

  mutating func end() {
    if isOpen { close(descriptor) }
    descriptor = -1
  }

  mutating func takeLine() -> String? {
    guard let newline = newline() else { return nil }
    defer {
      bytes.removeSubrange(...newline)
      searched = 0
    }
    return String(decoding: bytes[..<newline], as: UTF8.self)
  }

  /// Where the first line ends. A line may be megabytes long and come in many pieces: each is looked at once.
  private mutating func newline() -> Int? {
    let found = bytes.withUnsafeBytes { bytes -> Int? in
      guard searched < bytes.count else { return nil }
      let start = bytes.baseAddress! + searched
      guard let newline = memchr(start, CInt(UInt8(ascii: "\n")), bytes.count - searched) else { return nil }
      return searched + (UnsafeRawPointer(newline) - start)
    }
    searched = bytes.count
    return found
  }

  mutating func takeRest() -> String? {
    bytes.isEmpty ? nil : String(decoding: takeAll(), as: UTF8.self)
  }

  mutating func takeAll() -> [UInt8] {
    defer {
      bytes = []
      searched = 0
    }
    return bytes
  }
}
