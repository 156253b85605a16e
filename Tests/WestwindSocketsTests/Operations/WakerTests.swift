import Dispatch
import Glibc
import Synchronization
import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport

/// One thread ends another's wait, from the outside of it, and at any moment.
struct WakerTests {
  /// Where the call that is woken runs.
  enum Place: Sendable, CaseIterable {
    case thread
    /// A worker of Dispatch, which blocks all signals that it can.
    case dispatchQueue
  }

  /// The call that waits. None of them would ever end by itself.
  enum Call: Sendable, CaseIterable {
    case receive
    case receiveAll
    case send
    case pollForInput
    case pollForOutput

    /// Whether the call ended as woken.
    func isWoken(on socket: SocketDescriptor, _ wait: Wait) throws -> Bool {
      do {
        switch self {
        case .receive: _ = try socket.operations.receive(maxCount: 10, wait: wait)
        case .receiveAll: _ = try socket.operations.receive(maxCount: 10, flags: .waitForAll, wait: wait)
        case .send: _ = try socket.operations.send([1], wait: wait)
        case .pollForInput: _ = try socket.operations.wait(for: .readable, wait)
        case .pollForOutput: _ = try socket.operations.wait(for: .writable, wait)
        }
        return false
      } catch Errno.woken {
        return true
      }
    }
  }

  private static let rounds = 500

  @Test(arguments: [Stream.Kind.unix, .memory, .scripted], Place.allCases)
  func `a blocked call ends, in every round and at every moment`(_ kind: Stream.Kind, _ place: Place) throws {
    // Nothing comes, and nothing fits.
    let stream = try Stream(kind, capacity: 4096)
    defer { stream.close() }
    try stream.a.fill()
    for call in Call.allCases {
      for timeout in [Timeout.forever, .seconds(600)] {
        let ended = try wake(Self.rounds, place) { waker in
          try call.isWoken(on: stream.a, Wait(until: Deadline(timeout), waker: waker))
        }
        #expect(ended == Self.rounds, "\(call), \(timeout)")
      }
    }
  }

  @Test(arguments: Place.allCases)
  func `a call on TCP ends too`(_ place: Place) throws {
    try withStream(.tcp) { a, _ in
      let ended = try wake(Self.rounds, place) { waker in
        try Call.receive.isWoken(on: a, Wait(until: .forever, waker: waker))
      }
      #expect(ended == Self.rounds)
    }
  }

  @Test(arguments: [Stream.Kind.unix, .tcp], Place.allCases)
  func `a wake-up does not follow the thread into its next wait`(_ kind: Stream.Kind, _ place: Place) throws {
    try withStream(kind) { a, _ in
      let other = Waker()
      let ended = try wake(2000, place) { waker in
        guard try Call.receive.isWoken(on: a, Wait(until: .forever, waker: waker)) else { return false }
        let soon = Deadline.now.adding(Timeout(.microseconds(20)))
        return try a.operations.wait(for: .readable, Wait(until: soon, waker: other)).isEmpty
      }
      #expect(ended == 2000)
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `a wake-up that came before the wait ends it, unless it is cleared, and what needs no wait goes on`(
    _ kind: Stream.Kind
  ) throws {
    try withStream(kind) { a, b in
      let waker = Waker()
      waker.wake()
      waker.wake()
      let wait = Wait(until: Deadline(.seconds(30)), waker: waker)
      for _ in 0..<2 { #expect(throws: Errno.woken) { try a.operations.receive(maxCount: 1, wait: wait) } }
      #expect(throws: Errno.woken) { try a.operations.wait(for: .readable, wait) }
      #expect(try a.operations.send([1], wait: wait) == 1)
      try b.send([2])
      #expect(try a.poll(for: .readable, timeout: .seconds(20)) == .readable)
      #expect(try a.operations.receive(maxCount: 1, wait: wait) == [2])
      waker.clear()
      let call = BlockedCall { try a.operations.receive(maxCount: 1, wait: wait) }
      try call.waitUntilBlocked()
      try b.send([3])
      #expect(try call.join() == [3])
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `what had come before the wake-up is not lost`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      let waker = Waker()
      try b.send([1, 2, 3])
      let call = BlockedCall {
        try a.operations.receive(
          maxCount: 10, flags: .waitForAll, wait: Wait(until: Deadline(.seconds(600)), waker: waker))
      }
      try call.waitUntilBlocked()
      try wait(until: "the bytes are taken") { try a.poll(for: .readable, timeout: .immediate).isEmpty }
      waker.wake()
      #expect(try call.join() == [1, 2, 3])
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `what had been sent before the wake-up is counted`(_ kind: Stream.Kind) throws {
    try withStream(kind, capacity: 4096) { a, b in
      let waker = Waker()
      let bytes = pattern(size: 4_000_000, seed: 15)
      let call = BlockedCall { try a.operations.send(bytes, wait: Wait(until: .forever, waker: waker)) }
      try call.waitUntilBlocked()
      waker.wake()
      let count = try call.join()
      #expect(count > 0 && count < bytes.count)
      #expect(difference(try b.receiveAll(count), Array(bytes[..<count])) == nil)
    }
  }

  @Test func `only the call that it is given to ends`() throws {
    try withStream(.tcp) { a, _ in
      try withStream(.tcp) { c, d in
        let waker = Waker()
        let others = Waker()
        let other = BlockedCall {
          try c.operations.receive(maxCount: 10, wait: Wait(until: .forever, waker: others))
        }
        let call = BlockedCall {
          try a.operations.receive(maxCount: 10, wait: Wait(until: .forever, waker: waker))
        }
        try call.waitUntilBlocked()
        try other.waitUntilBlocked()
        waker.wake()
        #expect(throws: Errno.woken) { try call.join() }
        try other.waitUntilBlocked()
        try d.send([1])
        #expect(try other.join() == [1])
      }
    }
  }

  @Test func `a thread that waits with the wakers of two layers is woken by either`() throws {
    try withStream(.tcp) { a, _ in
      for isOuter in [false, true] {
        let outer = Waker()
        let inner = Waker()
        let call = BlockedCall {
          try outer.withWaiting { () throws(Errno) in
            try a.operations.wait(for: .readable, Wait(until: .forever, waker: inner))
          }
        }
        try call.waitUntilBlocked()
        (isOuter ? outer : inner).wake()
        #expect(throws: Errno.woken) { try call.join() }
      }
    }
  }

  @Test func `a second thread that waits with the same waker is woken too`() throws {
    try withStream(.tcp) { a, _ in
      let waker = Waker()
      let calls = (0..<2).map { _ in
        BlockedCall { try a.operations.wait(for: .readable, Wait(until: .forever, waker: waker)) }
      }
      for call in calls { try call.waitUntilBlocked() }
      waker.wake()
      for call in calls { #expect(throws: Errno.woken) { try call.join() } }
    }
  }

  @Test(arguments: Stream.Kind.bytes, Place.allCases)
  func `a wake-up ends one wait, and does not follow the thread into the next`(
    _ kind: Stream.Kind, _ place: Place
  ) throws {
    try withStream(kind) { a, b in
      let waker = Waker()
      let looks = Counter()
      let run: @Sendable () throws -> [UInt8] = {
        while true {
          do {
            waker.clear()
            looks.increment()
            return try a.operations.receive(maxCount: 10, wait: Wait(until: .forever, waker: waker))
          } catch Errno.woken {}
        }
      }
      let call = BlockedCall { place == .thread ? try run() : try onWorker(run) }
      let (_, time) = try elapsed {
        for round in 1...200 {
          try wait(until: "the thread looks") { looks.value >= round }
          waker.wake()
          try wait(until: "the thread looks again") { looks.value > round }
        }
      }
      // None of them takes more than a moment.
      #expect(time < inTime)
      try b.send([1])
      #expect(try call.join() == [1])
    }
  }

  @Test func `a wake-up needs no signal`() throws {
    try withStream(.unix) { a, b in
      let waker = Waker()
      let call = BlockedCall {
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        return try a.operations.receive(maxCount: 1, wait: Wait(until: .forever, waker: waker))
      }
      try call.waitUntilBlocked()
      waker.wake()
      #expect(throws: Errno.woken) { try call.join() }
    }
  }

  @Test func `a thread that has no descriptor left to be woken by is woken all the same`() async {
    await #expect(processExitsWith: .success) {
      let stream = try Stream(.unix)
      let waker = Waker()
      let call = BlockedCall {
        var limit = rlimit(rlim_cur: 64, rlim_max: 64)
        guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { throw Errno.notSupported }
        while dup(0) >= 0 {}
        return try stream.a.operations.receive(maxCount: 1, wait: Wait(until: .forever, waker: waker))
      }
      try wait(until: "there is no descriptor left") { dup(0) < 0 }
      waker.wake()
      #expect(throws: Errno.woken) { try call.join() }
    }
  }

  @Test func `a thread's wake descriptor is closed with the thread`() throws {
    try withStream(.unix) { a, _ in
      let before = openDescriptors().count
      for _ in 0..<50 {
        let waker = Waker()
        let call = BlockedCall {
          try a.operations.receive(maxCount: 1, wait: Wait(until: .forever, waker: waker))
        }
        try call.waitUntilBlocked()
        waker.wake()
        #expect(throws: Errno.woken) { try call.join() }
      }
      try wait(until: "the threads have ended") { openDescriptors().count <= before }
    }
  }

  @Test func `waking nobody returns`() throws {
    let call = BlockedCall { Waker().wake() }
    try call.join()
  }

  /// Runs a call again and again, each time with a wake-up that comes from another thread just as the call
  /// begins, or a little later.
  ///
  /// - Returns: how often the call said that it was woken.
  private func wake(
    _ rounds: Int, _ place: Place, _ body: @escaping @Sendable (Waker) throws -> Bool
  ) throws -> Int {
    let wakers = (0..<rounds).map { _ in Waker() }
    let begun = Counter()
    let run: @Sendable () throws -> Int = {
      var ended = 0
      for waker in wakers {
        begun.increment()
        if try body(waker) { ended += 1 }
      }
      return ended
    }
    let call = BlockedCall {
      guard place == .dispatchQueue else { return try run() }
      return try onWorker(run)
    }
    var generator = SeededGenerator(seed: 16)
    for (round, waker) in wakers.enumerated() {
      let deadline = ContinuousClock.now + .seconds(30)
      while begun.value <= round {
        guard .now < deadline, !call.isOver else { throw TestSupportError("round \(round) never began") }
      }
      var delay = Int.random(in: 0...3000, using: &generator)
      while delay > 0 { delay -= 1 }
      waker.wake()
    }
    return try call.join()
  }
}

private final class Outcome<R: Sendable>: Sendable {
  let result = Mutex<Result<R, any Error>?>(nil)
}

/// Runs the body in a thread of Dispatch's, and waits for it.
private func onWorker<R: Sendable>(_ body: @escaping @Sendable () throws -> R) throws -> R {
  let outcome = Outcome<R>()
  let isDone = DispatchSemaphore(value: 0)
  DispatchQueue(label: "woken").async {
    let result = Result { try body() }
    outcome.result.withLock { $0 = result }
    isDone.signal()
  }
  isDone.wait()
  return try outcome.result.withLock { $0! }.get()
}
