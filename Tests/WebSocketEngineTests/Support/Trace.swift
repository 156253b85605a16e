import PerMessageDeflate
import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers
import WestwindTestSupport

/// What comes of the peer's bytes, in order.
enum Event: Hashable, Sendable {
  /// A data frame, all of it.
  case frame(MessageType, [UInt8])
  /// The rest of it did not come.
  case piece(MessageType, [UInt8], remaining: UInt64)
  /// A control frame that is the owner's.
  case control(Opcode, [UInt8])
  case closeCode(UInt16?)
  case phase(CloseState.Phase)
  case failed(EngineFailure)
  case ended
}

struct Trace: Hashable, Sendable {
  var events: [Event] = []
  /// The output.
  var sent: [UInt8] = []
  var framesReceived: UInt64 = 0
}

/// Feeds an engine, and writes down what it says.
struct Tracer {
  /// How payload is taken.
  enum Way: Hashable, Sendable, CaseIterable {
    case copied
    case copiedInPieces
    case lent
  }

  var role = Role.client
  var options = SessionOptions()
  var way = Way.copied
  /// The stream ends behind the bytes: nil if it does not.
  var end: End?

  enum End: Hashable, Sendable {
    case ended
    case lost
  }

  func trace(_ pieces: [[UInt8]]) -> Trace {
    var run = Run(self)
    for piece in pieces { run.feed(piece) }
    if let end { run.finish(end == .lost ? .streamLost(104) : nil) }
    return run.result
  }

  private struct Run: ~Copyable {
    var engine: WebSocketEngine
    var keys = SeededKeys()
    let memory = CountingSource()
    let way: Way
    var trace = Trace()
    var phase = CloseState.Phase.open
    var isOver = false
    /// The data frame that has begun.
    var type: MessageType = []
    var payload: [UInt8] = []
    var remaining: UInt64 = 0

    init(_ tracer: Tracer) {
      engine = tracer.options.makeEngine(tracer.role)
      way = tracer.way
    }

    var result: Trace {
      var trace = trace
      trace.framesReceived = engine.receiving.framesReceived
      return trace
    }

    mutating func feed(_ piece: [UInt8]) {
      var rest = piece[...]
      while !rest.isEmpty, !isOver {
        engine.receiving.makeRoom(from: memory)
        let count = engine.receiving.input.withFree { room in room.appendSome(of: rest) }
        precondition(count > 0, "the engine wants input, and has no room for it")
        rest = rest.dropFirst(count)
        drain()
        engine.receiving.releaseMemory(to: memory)
      }
    }

    mutating func finish(_ failure: EngineFailure?) {
      engine.receiving.endInput(failure)
      drain()
      if !payload.isEmpty { trace.events.append(.piece(type, payload, remaining: remaining)) }
    }

    mutating func drain() {
      while !isOver {
        let event = engine.next(keys: &keys, from: memory)
        notePhase()
        switch event {
        case .needsInput: return flush()
        case .needsOutput: flush()
        case .data:
          guard takeData() else { return flush() }
        case .control(let opcode):
          let body = takeControl()
          trace.events.append(.control(opcode, body))
          if opcode == .close { trace.events.append(.closeCode(engine.receiving.closeCode?.rawValue)) }
          engine.finishControl(keys: &keys, from: memory)
          notePhase()
        case .failed(let failure):
          // How much of a frame was delivered before the fault depends on how it arrived.
          payload = []
          trace.events.append(.failed(failure))
        case .ended:
          trace.events.append(.ended)
          isOver = true
        }
      }
      flush()
    }

    private mutating func notePhase() {
      guard engine.state.phase != phase else { return }
      phase = engine.state.phase
      trace.events.append(.phase(phase))
    }

    private mutating func flush() {
      let count = engine.sending.output.count
      trace.sent += engine.sending.output.withFirst(count) { $0.array }
      engine.sent(count, to: memory)
    }

    /// - Returns: false if more has to come first.
    private mutating func takeData() -> Bool {
      let before = engine.receiving.message
      guard engine.receiving.available > 0 || before.remaining == 0 else { return false }
      if payload.isEmpty { type = before.type }
      precondition(type == before.type, "the type changes inside a frame")
      do throws(EngineFailure) {
        if before.remaining == 0 {
          try engine.receiving.skipFrame()
        } else {
          payload += try takePayload()
        }
      } catch {
        return true  // `next` says so
      }
      remaining = engine.receiving.message.remaining
      guard payload.count == 0 || engine.receiving.message.remaining > 0 else { return finishFrame() }
      if before.remaining == 0 { return finishFrame() }
      return true
    }

    private mutating func finishFrame() -> Bool {
      trace.events.append(.frame(type, payload))
      payload = []
      return true
    }

    private mutating func takePayload() throws(EngineFailure) -> [UInt8] {
      switch way {
      case .copied: return try copy(engine.receiving.available + 1)
      case .copiedInPieces: return try copy(1 + payload.count % 7)
      case .lent:
        let count = engine.receiving.available
        try engine.receiving.prepare(count)
        let bytes = engine.receiving.withPayload(count) { $0.array }
        engine.receiving.takePayload(count)
        return bytes
      }
    }

    private mutating func copy(_ maxCount: Int) throws(EngineFailure) -> [UInt8] {
      let room = UnsafeMutableRawBufferPointer.allocate(byteCount: maxCount, alignment: 1)
      defer { room.deallocate() }
      var output = OutputRawSpan(buffer: room, initializedCount: 0)
      let count = try engine.receiving.copyPayload(to: &output)
      precondition(count == output.byteCount && count > 0)
      return output.bytes.array
    }

    private mutating func takeControl() -> [UInt8] {
      let count = engine.receiving.available
      guard way == .copiedInPieces else { return engine.receiving.withPayload(count) { $0.array } }
      var body: [UInt8] = []
      while engine.receiving.available > 0, let piece = try? copy(3) { body += piece }
      return body
    }
  }
}
