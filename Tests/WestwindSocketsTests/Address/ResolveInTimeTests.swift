import Glibc
import Synchronization
import Testing
import WestwindSockets
import WestwindTestSupport

/// Looking up a name, but not past a deadline.
struct ResolveInTimeTests {
  /// A resolver that answers when it is told to.
  private final class Gate: Sendable {
    private let isOpen = Mutex(false)
    let calls = Atomic<Int>(0)

    func open() { isOpen.withLock { $0 = true } }

    func resolve(
      _ port: UInt16, host: String = "server.example", until deadline: Deadline, _ places: ResolverSemaphore? = nil
    ) throws(ResolutionError) -> TimedResolution {
      try SocketAddress.resolve(host: host, port: port, until: deadline, places: places) {
        (_, port) throws(ResolutionError) in self.answer(port)
      }
    }

    private func answer(_ port: UInt16) -> [SocketAddress] {
      calls.add(1, ordering: .relaxed)
      let end = ContinuousClock.now + .seconds(30)
      while !isOpen.withLock({ $0 }), ContinuousClock.now < end { usleep(1000) }
      return [.loopback(port: port)]
    }
  }

  @Test func `a resolver that hangs is left behind, and may answer later`() throws {
    let gate = Gate()
    let start = ContinuousClock.now
    let answer = try gate.resolve(80, until: Deadline(.milliseconds(100)))
    #expect(answer == .noAnswer)
    #expect(ContinuousClock.now - start >= .milliseconds(100))
    #expect(ContinuousClock.now - start < .seconds(20))
    gate.open()
  }

  @Test func `an answer in time is the answer`() throws {
    let gate = Gate()
    gate.open()
    for deadline in [Deadline(.seconds(30)), .forever] {
      #expect(try gate.resolve(81, until: deadline) == .found([.loopback(port: 81)]))
    }
  }

  @Test func `no time at all asks nobody, and a numeric address needs nobody`() throws {
    let gate = Gate()
    gate.open()
    #expect(try gate.resolve(80, until: .immediate) == .noAnswer)
    for host in ["127.0.0.1", "::1"] {
      let answer = try gate.resolve(80, host: host, until: .immediate, ResolverSemaphore(limit: 0))
      #expect(answer == .found([.ipv4(host, port: 80) ?? .ipv6(host, port: 80)!]))
    }
    #expect(gate.calls.load(ordering: .relaxed) == 0)
  }

  @Test func `so many look-ups hang at once and no more, and the next waits for one to end`() throws {
    let gate = Gate()
    let places = ResolverSemaphore(limit: 3)
    for _ in 0..<3 { #expect(try gate.resolve(80, until: Deadline(.milliseconds(20)), places) == .noAnswer) }
    let start = ContinuousClock.now
    #expect(try gate.resolve(80, until: Deadline(.milliseconds(50)), places) == .noPlace(limit: 3))
    #expect(ContinuousClock.now - start >= .milliseconds(50))
    #expect(gate.calls.load(ordering: .relaxed) == 3)
    // One that waits is let in when another ends.
    let waiting = BlockingThread { try gate.resolve(81, until: Deadline(.seconds(30)), places) }
    gate.open()
    #expect(try waiting.join() == .found([.loopback(port: 81)]))
    // All places are free again.
    for port in 82..<90 as Range<UInt16> {
      #expect(try gate.resolve(port, until: Deadline(.seconds(30)), places) == .found([.loopback(port: port)]))
    }
  }

  @Test func `a look-up that fails gives its place back`() {
    let places = ResolverSemaphore(limit: 1)
    for _ in 0..<3 {
      #expect(throws: ResolutionError.self) {
        try SocketAddress.resolve(host: "server.example", port: 80, until: Deadline(.seconds(30)), places: places) {
          (host, _) throws(ResolutionError) in throw ResolutionError(host: host, reason: "no such name")
        }
      }
    }
  }

  @Test func `what the resolver throws is thrown`() {
    let error = #expect(throws: ResolutionError.self) {
      try SocketAddress.resolve(host: "server.example", port: 80, until: .forever) {
        (host, _) throws(ResolutionError) in throw ResolutionError(host: host, reason: "no such name")
      }
    }
    #expect(error?.host == "server.example")
  }
}
