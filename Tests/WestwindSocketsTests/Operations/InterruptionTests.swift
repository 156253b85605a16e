import CWestwindLinux
import Dispatch
import Glibc
import Synchronization
import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport

/// One thread ends another's blocking call, from the outside of it, and at any moment.
struct InterruptionTests {
  /// Where the call that is interrupted runs.
  enum Place: Sendable, CaseIterable {
    case thread
    /// A worker of Dispatch, which blocks all signals that it can.
    case dispatchQueue
  }

  /// What is interrupted. None of them would ever end by itself.
  enum Call: Sendable, CaseIterable {
    case receive
    case receiveAll
    case send
    case pollForInput
    case pollForOutput

    /// Whether the call ended as interrupted.
    func isInterrupted(on socket: SocketDescriptor, _ wait: Wait) throws -> Bool {
      do {
        switch self {
        case .receive: _ = try socket.operations.receive(maxCount: 10, wait: wait)
        case .receiveAll: _ = try socket.operations.receive(maxCount: 10, flags: .waitAll, wait: wait)
        case .send: _ = try socket.operations.send([1], wait: wait)
        case .pollForInput: _ = try socket.operations.wait(for: .readable, wait)
        case .pollForOutput: _ = try socket.operations.wait(for: .writable, wait)
        }
        return false
      } catch Errno.canceled {
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
      for timeout in [nil, Timeout.forever, .seconds(600)] {
        // The waiting takes most of the time, so not every combination gets all of the rounds.
        let rounds = timeout == .forever ? Self.rounds : 50
        let ended = try interrupt(rounds, place) { interruption in
          try call.isInterrupted(
            on: stream.a, Wait(until: timeout.map { Deadline($0) }, interruption: interruption))
        }
        #expect(ended == rounds, "\(call), \(String(describing: timeout))")
      }
    }
  }

  @Test(arguments: Place.allCases)
  func `a call on TCP ends too`(_ place: Place) throws {
    try withStream(.tcp) { a, _ in
      let ended = try interrupt(Self.rounds, place) { interruption in
        try Call.receive.isInterrupted(on: a, Wait(until: .forever, interruption: interruption))
      }
      #expect(ended == Self.rounds)
    }
  }

  @Test(arguments: [Stream.Kind.unix, .tcp], Place.allCases)
  func `no call of the program's own that follows ends with EINTR`(_ kind: Stream.Kind, _ place: Place) throws {
    try withStream(kind) { a, _ in
      let ended = try interrupt(2000, place) { interruption in
        guard try Call.receive.isInterrupted(on: a, Wait(until: .forever, interruption: interruption)) else {
          return false
        }
        var moment = timespec(tv_sec: 0, tv_nsec: 20_000)
        return nanosleep(&moment, nil) == 0
      }
      #expect(ended == 2000)
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `an interruption stays, and what needs no wait goes on`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      let interruption = Interruption()
      interruption.interrupt()
      interruption.interrupt()
      let wait = Wait(until: Deadline(.seconds(30)), interruption: interruption)
      for _ in 0..<2 { #expect(throws: Errno.canceled) { try a.operations.receive(maxCount: 1, wait: wait) } }
      #expect(throws: Errno.canceled) { try a.operations.wait(for: .readable, wait) }
      #expect(try a.operations.send([1], wait: wait) == 1)
      try b.send([2])
      #expect(try a.poll(for: .readable, timeout: .seconds(20)) == .readable)
      #expect(try a.operations.receive(maxCount: 1, wait: wait) == [2])
      // The descriptor itself is as it was.
      try b.send([3])
      #expect(try a.recv(maxCount: 1, timeout: .seconds(20)) == [3])
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `what had come before the interruption is not lost`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      let interruption = Interruption()
      try b.send([1, 2, 3])
      let call = BlockedCall {
        try a.operations.receive(
          maxCount: 10, flags: .waitAll, wait: Wait(until: Deadline(.seconds(600)), interruption: interruption))
      }
      try call.waitUntilBlocked()
      try wait(until: "the bytes are taken") { try a.poll(for: .readable, timeout: .immediate).isEmpty }
      interruption.interrupt()
      #expect(try call.join() == [1, 2, 3])
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `what had been sent before the interruption is counted`(_ kind: Stream.Kind) throws {
    try withStream(kind, capacity: 4096) { a, b in
      let interruption = Interruption()
      let bytes = pattern(size: 4_000_000, seed: 15)
      let call = BlockedCall {
        try a.operations.send(bytes, wait: Wait(until: .forever, interruption: interruption))
      }
      try call.waitUntilBlocked()
      interruption.interrupt()
      let count = try call.join()
      #expect(count > 0 && count < bytes.count)
      #expect(difference(try b.receiveAll(count), Array(bytes[..<count])) == nil)
    }
  }

  @Test func `only the call that it is given to ends`() throws {
    try withStream(.tcp) { a, _ in
      try withStream(.tcp) { c, d in
        let interruption = Interruption()
        let others = Interruption()
        defer { extendLifetime(others) }
        let other = BlockedCall {
          try c.operations.receive(maxCount: 10, wait: Wait(until: .forever, interruption: others))
        }
        let call = BlockedCall {
          try a.operations.receive(maxCount: 10, wait: Wait(until: .forever, interruption: interruption))
        }
        try call.waitUntilBlocked()
        try other.waitUntilBlocked()
        interruption.interrupt()
        #expect(throws: Errno.canceled) { try call.join() }
        try other.waitUntilBlocked()
        try d.send([1])
        #expect(try other.join() == [1])
      }
    }
  }

  @Test(arguments: Stream.Kind.bytes, Place.allCases)
  func `a nudge ends one wait, and does not follow the thread into the next`(
    _ kind: Stream.Kind, _ place: Place
  ) throws {
    try withStream(kind) { a, b in
      let interruption = Interruption()
      let looks = Counter()
      let run: @Sendable () throws -> [UInt8] = {
        while true {
          do {
            interruption.forgetNudge()
            looks.increment()
            return try a.operations.receive(maxCount: 10, wait: Wait(until: .forever, interruption: interruption))
          } catch Errno.nudged {}
        }
      }
      let call = BlockedCall { place == .thread ? try run() : try onWorker(run) }
      let (_, time) = try elapsed {
        for round in 1...200 {
          try wait(until: "the thread looks") { looks.value >= round }
          interruption.nudge()
          try wait(until: "the thread looks again") { looks.value > round }
        }
      }
      // None of them takes more than a moment.
      #expect(time < inTime)
      try b.send([1])
      #expect(try call.join() == [1])
    }
  }

  @Test(arguments: Stream.Kind.bytes)
  func `a nudge that comes before the wait ends it, unless it is forgotten`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, b in
      let interruption = Interruption()
      let wait = Wait(until: Deadline(.seconds(30)), interruption: interruption)
      interruption.nudge()
      for _ in 0..<2 { #expect(throws: Errno.nudged) { try a.operations.receive(maxCount: 1, wait: wait) } }
      interruption.forgetNudge()
      let call = BlockedCall { try a.operations.receive(maxCount: 1, wait: wait) }
      try call.waitUntilBlocked()
      try b.send([1])
      #expect(try call.join() == [1])
      interruption.nudge()
      interruption.interrupt()
      #expect(throws: Errno.canceled) { try a.operations.receive(maxCount: 1, wait: wait) }
    }
  }

  @Test func `a signal that the program has a use for is left to it`() async {
    await #expect(processExitsWith: .success) {
      var action = cl_signal_action { _ in exit(1) }
      try #require(sigaction(SIGURG, &action, nil) == 0)
      let stream = try Stream(.unix)
      for _ in 0..<20 {
        let interruption = Interruption()
        let call = BlockedCall {
          try stream.a.operations.receive(maxCount: 1, wait: Wait(until: .forever, interruption: interruption))
        }
        try call.waitUntilBlocked()
        interruption.interrupt()
        #expect(throws: Errno.canceled) { try call.join() }
      }
    }
  }

  @Test func `a thread that has come to block all signals is given up, not waited for without end`() throws {
    try withStream(.unix) { a, b in
      let interruption = Interruption()
      let isBlocking = Flag()
      let call = BlockedCall {
        let wait = Wait(until: .forever, interruption: interruption)
        let first = try a.operations.receive(maxCount: 1, wait: wait)
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        isBlocking.set()
        return first + (try a.operations.receive(maxCount: 1, wait: wait))
      }
      try b.send([1])
      try wait(until: "the signals are blocked") { isBlocking.isSet }
      try call.waitUntilBlocked()
      try BlockedCall { interruption.interrupt() }.join()
      try b.send([2])
      #expect(try call.join() == [1, 2])
    }
  }

  @Test func `interrupting a call that nobody made returns`() throws {
    let call = BlockedCall { Interruption().interrupt() }
    try call.join()
  }

  /// Runs a call again and again, each time with an interruption that comes from another thread just as the call
  /// begins, or a little later.
  ///
  /// - Returns: how often the call said that it was interrupted.
  private func interrupt(
    _ rounds: Int, _ place: Place, _ body: @escaping @Sendable (Interruption) throws -> Bool
  ) throws -> Int {
    let interruptions = (0..<rounds).map { _ in Interruption() }
    let begun = Counter()
    let run: @Sendable () throws -> Int = {
      var ended = 0
      for interruption in interruptions {
        begun.increment()
        if try body(interruption) { ended += 1 }
      }
      return ended
    }
    let call = BlockedCall {
      guard place == .dispatchQueue else { return try run() }
      return try onWorker(run)
    }
    var generator = SeededGenerator(seed: 16)
    for (round, interruption) in interruptions.enumerated() {
      let deadline = ContinuousClock.now + .seconds(30)
      while begun.value <= round {
        guard .now < deadline, !call.isOver else { throw TestSupportError("round \(round) never began") }
      }
      var delay = Int.random(in: 0...3000, using: &generator)
      while delay > 0 { delay -= 1 }
      interruption.interrupt()
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
  DispatchQueue(label: "interrupted").async {
    let result = Result { try body() }
    outcome.result.withLock { $0 = result }
    isDone.signal()
  }
  isDone.wait()
  return try outcome.result.withLock { $0! }.get()
}
