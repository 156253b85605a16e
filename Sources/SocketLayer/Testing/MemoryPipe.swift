internal import Synchronization
internal import SystemPackage

/// One direction of a `MemorySocket`: bytes in order, bounded, with an end.
final class MemoryPipe: Sendable {
  private struct State: ~Copyable {
    var bytes: [UInt8] = []
    var start = 0
    var isWritingClosed = false
    var isReadingClosed = false
    var input: EventLevel
    var full: EventLevel

    var count: Int { bytes.count - start }

    mutating func update(capacity: Int) {
      input.set(count > 0 || isWritingClosed)
      full.set(count >= capacity && !isReadingClosed)
    }
  }

  private let capacity: Int
  private let state: Mutex<State>
  /// Readable while there is input, or the end of it.
  let hasInput: CInt
  /// Writable while there is room, or nobody reads.
  let hasRoom: CInt

  init(capacity: Int) throws(Errno) {
    self.capacity = max(1, capacity)
    var state = State(input: try EventLevel(.readableWhileSet), full: try EventLevel(.writableWhileNotSet))
    state.update(capacity: self.capacity)
    hasInput = state.input.number
    hasRoom = state.full.number
    self.state = Mutex(state)
  }

  /// Takes as much as there is room for; 0 where there is none.
  func write(_ first: RawSpan, _ second: RawSpan, _ third: RawSpan) throws(Errno) -> Int {
    try state.withLock { state throws(Errno) in
      guard !state.isReadingClosed, !state.isWritingClosed else { throw .brokenPipe }
      if state.start > capacity {
        state.bytes.removeFirst(state.start)
        state.start = 0
      }
      var taken = 0
      var room = capacity - state.count
      for run in 0..<3 {
        let bytes = run == 0 ? first : run == 1 ? second : third
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

  func closeReading() {
    state.withLock { state in
      state.isReadingClosed = true
      state.isWritingClosed = true
      state.update(capacity: capacity)
    }
  }
}
