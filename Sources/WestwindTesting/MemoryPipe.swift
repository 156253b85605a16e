internal import SystemPackage
internal import WestwindSockets

/// One direction of a `MemorySocket`: bytes in order, bounded, with an end.
final class MemoryPipe: Sendable {
  private struct State: ~Copyable {
    var bytes: [UInt8] = []
    var start = 0
    var isWritingClosed = false
    var isReadingClosed = false
    /// nil once nobody can read any more.
    var input: EventFlag?
    var full: EventFlag

    var count: Int { bytes.count - start }

    mutating func update(capacity: Int) {
      let hasInput = count > 0 || isWritingClosed
      input?.set(hasInput)
      full.set(count >= capacity && !isWritingClosed)
    }
  }

  private let capacity: Int
  private let state: Lock<State>
  /// Readable while there is input, or the end of it.
  let hasInput: CInt
  /// Writable while there is room, or where writing has ended.
  let hasRoom: CInt

  init(capacity: Int) throws(Errno) {
    self.capacity = max(1, capacity)
    let input = try EventFlag(.readableWhileSet)
    let full = try EventFlag(.writableWhileNotSet)
    hasInput = input.number
    hasRoom = full.number
    var state = State(input: input, full: full)
    state.update(capacity: self.capacity)
    self.state = Lock(state)
  }

  /// Takes as much as there is room for; 0 if there is none.
  func write(_ payload: Payload) throws(Errno) -> Int {
    try state.withLock { state throws(Errno) in
      guard !state.isReadingClosed, !state.isWritingClosed else { throw .brokenPipe }
      if state.start > capacity {
        state.bytes.removeFirst(state.start)
        state.start = 0
      }
      var taken = 0
      var room = capacity - state.count
      for run in 0..<3 {
        let bytes = payload.run(run)
        let count = min(room, bytes.byteCount)
        // Sound: the run is read within its bounds.
        unsafe bytes.withUnsafeBytes { unsafe state.bytes.append(contentsOf: $0.prefix(count)) }
        taken += count
        room -= count
      }
      state.update(capacity: capacity)
      return taken
    }
  }

  /// Appends what there is; 0 where nothing is, nil at the end.
  func read(into output: inout OutputRawSpan, isPeek: Bool) -> Int? {
    state.withLock { state in
      let count = min(output.freeCapacity, state.count)
      guard count > 0 else { return state.isWritingClosed || state.isReadingClosed ? nil : 0 }
      for byte in state.bytes[state.start..<(state.start + count)] { output.append(byte) }
      if !isPeek { state.start += count }
      state.update(capacity: capacity)
      return count
    }
  }

  func closeWriting() {
    state.withLock { state in
      state.isWritingClosed = true
      state.update(capacity: capacity)
    }
  }

  /// - Parameter isLast: nobody reads or polls for input any more, so that number is given back.
  func closeReading(isLast: Bool = false) {
    state.withLock { state in
      state.isReadingClosed = true
      state.isWritingClosed = true
      state.update(capacity: capacity)
      if isLast { state.input = nil }
    }
  }
}
