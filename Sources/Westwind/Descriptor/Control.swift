internal import Synchronization
internal import SystemPackage
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindSockets

/// Control frames of the connection's own, which nobody waits for.
extension BlockingConnection {
  /// Has a control frame sent as soon as can be, without waiting for anybody.
  func enqueue(_ opcode: Opcode, _ body: ControlQueue.Body) {
    put(opcode, body)
    pump()
  }

  private func put(_ opcode: Opcode, _ body: ControlQueue.Body) {
    queue.withLock { $0.put(opcode, body) }
    hasQueued.store(true, ordering: .sequentiallyConsistent)
  }

  /// Puts the engine's answer to a PING, or its own PING, behind what waits to leave, and leaves it to the caller to `pump`, so
  /// that the answers to PINGs that have come together leave together. If the write side is taken, its holder sends the newest.
  func answer(_ opcode: Opcode, _ side: inout ReadSide) {
    if opcode == .ping { side.progress = peerProgress }
    side.engine.withAnswer { payload in
      let isAppended: Bool? = writeSide.withLock(until: .immediate) { side in
        // An older answer that was queued goes first.
        _ = takeQueued(&side)
        if !side.engine.hasRoomForControl() { _ = flushNow(&side) }
        side.engine.output.acquire(from: outputPool)
        guard side.engine.hasRoomForControl() else { return false }
        guard state.allowsSending else { return true }
        append(opcode, payload, to: &side)
        // A frame that another thread holds back meanwhile does not hold this one back.
        hasPendingOutput.store(true, ordering: .sequentiallyConsistent)
        return true
      }
      if isAppended != true { put(opcode, .init(payload)) }
    }
    side.engine.finishAnswer()
  }

  /// Something of the connection's own waits to be sent.
  @inline(__always) var hasAffairs: Bool {
    hasQueued.load(ordering: .sequentiallyConsistent) || hasPendingOutput.load(ordering: .sequentiallyConsistent)
  }

  /// Sends what is queued and what waits, if the write side is free; if it is not, its holder does so when it is through, since
  /// it looks here after it has let go.
  ///
  /// - Parameter isReader: the caller is about to wait for room itself, and is not woken for it.
  /// - Returns: false if another thread has the write side.
  @discardableResult
  func pump(asReader isReader: Bool = false) -> Bool {
    while hasAffairs {
      let isDone = writeSide.withLock(until: .immediate) { side in
        _ = takeQueued(&side)
        return flushNow(&side, isReader: isReader)
      }
      guard let isDone else { return false }
      if !isDone { return true }
    }
    return true
  }

  /// Moves the queued frames behind what waits already, as far as there is room.
  ///
  /// - Returns: whether there was anything, so that what waits is not to be held back.
  func takeQueued(_ side: inout WriteSide) -> Bool {
    var isUrgent = false
    while hasQueued.load(ordering: .sequentiallyConsistent) {
      isUrgent = true
      guard side.engine.hasRoomForControl() else { break }
      // The flag falls first: what is put in from here on raises it again.
      hasQueued.store(false, ordering: .sequentiallyConsistent)
      while side.engine.output.freeAtEnd >= SendEngine.controlFrameRoom {
        guard let (opcode, body) = queue.withLock({ $0.take() }) else { break }
        guard state.allowsSending else { continue }
        body.withBytes { append(opcode, $0, to: &side) }
      }
      if side.engine.output.freeAtEnd < SendEngine.controlFrameRoom {
        hasQueued.store(true, ordering: .sequentiallyConsistent)
        break
      }
    }
    return isUrgent
  }

  func append(_ opcode: Opcode, _ payload: RawSpan, to side: inout WriteSide) {
    let before = state
    var after = before
    let key = role.sendsMasked ? side.keys.next() : nil
    side.engine.output.acquire(from: outputPool)
    side.engine.appendControl(opcode, payload, key: key, &after)
    note(after, over: before)
    traffic.noteSent(&side)
  }

  /// Sends what waits, as far as the socket takes it now.
  ///
  /// - Returns: whether all has left.
  func flushNow(_ side: inout WriteSide, isHeld: Bool = false, isReader: Bool = false) -> Bool {
    guard state.isUsable else {
      hasPendingOutput.store(false, ordering: .relaxed)
      return false
    }
    do throws(Errno) {
      try flush(&side, deadline: .immediate)
    } catch {
      // The reader will find out by itself, behind whatever the peer still had to say.
      if error != .wouldBlock { failSending(&side) }
    }
    finishSending(&side, isHeld: isHeld, isReader: isReader)
    return side.engine.output.isEmpty
  }

  /// The stream takes no more: what waits is dropped.
  func failSending(_ side: inout WriteSide) {
    note(.sendFailed)
    side.engine.output.drop(side.engine.output.count)
  }
}

/// Control frames that wait for the write side: one of a kind, the newest.
struct ControlQueue: ~Copyable {
  /// A control frame's payload.
  struct Body: Sendable {
    private var bytes = InlineArray<125, UInt8>(repeating: 0)
    private(set) var count = 0

    init() {}

    init(_ payload: RawSpan) {
      count = min(125, payload.byteCount)
      // Sound: any byte is a UInt8, and the load checks the index.
      for i in 0..<count { bytes[i] = unsafe payload.unsafeLoad(fromByteOffset: i, as: UInt8.self) }
    }

    init(_ payload: [UInt8]) {
      // Sound: bytes have no padding.
      unsafe self.init(payload.span.bytes)
    }

    /// A CLOSE frame's payload.
    init(code: CloseCode) {
      self.init([UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)])
    }

    /// The answer to a CLOSE with this body, which nobody has checked: its code if it may be sent, else why it is refused.
    init(answeringClose body: RawSpan) {
      let code = body.withByteSpan { body in
        do throws(ProtocolViolation) {
          guard case .code(let code) = try CloseBody.check(body) else { return CloseCode?.none }
          return code
        } catch {
          return error.closeCode
        }
      }
      self = code.map { Self(code: $0) } ?? Self()
    }

    func withBytes<R>(_ body: (RawSpan) -> R) -> R {
      // Sound: bytes have no padding.
      unsafe body(bytes.span.bytes.extracting(first: count))
    }
  }

  /// A payload of the connection's own: what is in a PING of its, or the code of a CLOSE.
  private struct ShortBody {
    private var bytes: UInt64 = 0
    private let count: Int

    init(_ body: Body) {
      precondition(body.count <= 8, "a control frame of the connection's own is short")
      count = body.count
      // Sound: any byte is a UInt8, and the load checks the index.
      body.withBytes { source in
        for i in 0..<source.byteCount {
          bytes |= UInt64(unsafe source.unsafeLoad(fromByteOffset: i, as: UInt8.self)) << UInt64(8 * i)
        }
      }
    }

    var body: Body { Body((0..<count).map { UInt8(truncatingIfNeeded: bytes >> UInt64(8 * $0)) }) }
  }

  /// RFC 6455 5.5.3: of several PINGs only the newest needs an answer.
  private var pong: Body?
  /// The threads that are inside `withCork`, one of them as often as it is.
  var corkedThreads = CorkedThreads()
  private var ping: ShortBody?
  private var close: ShortBody?

  /// Puts a PING, PONG or CLOSE in. A CLOSE that waits is not replaced: the first reason is the reason.
  mutating func put(_ opcode: Opcode, _ body: Body) {
    switch opcode {
    case .ping: ping = ShortBody(body)
    case .pong: pong = body
    default: if close == nil { close = ShortBody(body) }
    }
  }

  /// Takes the next frame out, CLOSE last.
  mutating func take() -> (opcode: Opcode, body: Body)? {
    if let body = pong {
      pong = nil
      return (.pong, body)
    }
    if let ping {
      self.ping = nil
      return (.ping, ping.body)
    }
    if let close {
      self.close = nil
      return (.close, close.body)
    }
    return nil
  }
}
