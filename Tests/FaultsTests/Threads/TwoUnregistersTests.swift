import Synchronization
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Two threads end the same connection at once: one of them does, and nothing is closed twice.
@Suite struct TwoUnregistersTests {
  @Test func `a socket is closed once, however many threads unregister`() async {
    await #expect(processExitsWith: .success) {
      let watchdog = Watchdog("two unregister")
      defer { watchdog.stop() }
      for round in 0..<300 {
        let (ours, theirs) = try SocketDescriptor.pair()
        let ws = try websocketRegister(ours)
        try theirs.shutdown(.write)
        let waiting = Atomic<Int>(2)
        let threads = ThreadGroup(2) { _ in
          waiting.subtract(1, ordering: .relaxed)
          while waiting.load(ordering: .relaxed) > 0 {}
          let isDone = (try? websocketUnregister(ws)) != nil
          // It gets the number that has just become free, and keeps it if nobody closes it a second time.
          return (isDone, try SocketDescriptor.pair())
        }
        let outcomes = try threads.join()
        let done = outcomes.count { $0.0 }
        if done != 1 { Issue.record("round \(round): \(done) threads have unregistered it") }
        for socket in outcomes.flatMap({ [$0.1.0, $0.1.1] }) {
          if !socket.isOpen { Issue.record("round \(round): another's descriptor was closed") }
          try? socket.close()
        }
        try theirs.close()
      }
    }
  }
}
