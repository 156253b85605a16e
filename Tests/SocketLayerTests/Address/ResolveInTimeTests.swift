import Glibc
import SocketLayer
import Synchronization
import TestSupport
import Testing

/// Looking up a name, but not past a deadline.
struct ResolveInTimeTests {
  /// A resolver that answers when it is told to.
  private final class Gate: Sendable {
    private let isOpen = Mutex(false)
    let calls = Atomic<Int>(0)

    func open() { isOpen.withLock { $0 = true } }

    func answer(_ port: UInt16) -> [SocketAddress] {
      calls.add(1, ordering: .relaxed)
      let end = ContinuousClock.now + .seconds(30)
      while !isOpen.withLock({ $0 }), ContinuousClock.now < end { usleep(1000) }
      return [.loopback(port: port)]
    }
  }

  @Test func `a resolver that hangs is left behind, and may answer later`() throws {
    let gate = Gate()
    let start = ContinuousClock.now
    let answer = try SocketAddress.resolve(
      host: "server.example", port: 80, until: Deadline(.milliseconds(100))
    ) { (_, port) throws(ResolutionError) in gate.answer(port) }
    #expect(answer == nil)
    #expect(ContinuousClock.now - start >= .milliseconds(100))
    #expect(ContinuousClock.now - start < .seconds(20))
    gate.open()
  }

  @Test func `an answer in time is the answer`() throws {
    let gate = Gate()
    gate.open()
    for deadline in [Deadline(.seconds(30)), .forever] {
      let answer = try SocketAddress.resolve(host: "server.example", port: 81, until: deadline) {
        (_, port) throws(ResolutionError) in gate.answer(port)
      }
      #expect(answer == [.loopback(port: 81)])
    }
  }

  @Test func `no time at all asks nobody, and a numeric address needs nobody`() throws {
    let gate = Gate()
    gate.open()
    #expect(
      try SocketAddress.resolve(host: "server.example", port: 80, until: .immediate) {
        (_, port) throws(ResolutionError) in gate.answer(port)
      } == nil)
    for host in ["127.0.0.1", "::1"] {
      let answer = try SocketAddress.resolve(host: host, port: 80, until: .immediate) {
        (_, port) throws(ResolutionError) in gate.answer(port)
      }
      #expect(answer?.count == 1)
    }
    #expect(gate.calls.load(ordering: .relaxed) == 0)
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
