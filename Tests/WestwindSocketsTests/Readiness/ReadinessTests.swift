import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport

/// The kernel number of a layered descriptor, alone.
struct ReadinessTests {
  @Test(arguments: Watcher.allCases)
  func `it is readable as the number below is`(_ watcher: Watcher) throws {
    try withReadiness { readiness, a, b in
      let number = SocketDescriptor(rawValue: readiness.number)
      #expect(try !watcher.seesNow(number))
      try b.send([1])
      #expect(try watcher.sees(number))
      #expect(try a.recv(maxCount: 1) == [1])
      #expect(try !watcher.seesNow(number))
      try b.shutdown(.write)
      #expect(try watcher.sees(number))
    }
  }

  @Test(arguments: Watcher.allCases)
  func `it is readable while bytes wait above`(_ watcher: Watcher) throws {
    try withReadiness { readiness, a, b in
      let number = SocketDescriptor(rawValue: readiness.number)
      for _ in 0..<3 {
        readiness.setBuffered(true)
        readiness.setBuffered(true)
        #expect(try watcher.sees(number))
        try b.send([1])
        #expect(try watcher.sees(number))
        readiness.setBuffered(false)
        #expect(try watcher.sees(number))
        #expect(try a.recv(maxCount: 1, timeout: .seconds(20)) == [1])
        #expect(try !watcher.seesNow(number))
      }
    }
  }

  @Test(arguments: Watcher.allCases)
  func `it is readable when there is room for output, where that is asked for`(_ watcher: Watcher) throws {
    try withReadiness(capacity: 4096) { readiness, a, b in
      let number = SocketDescriptor(rawValue: readiness.number)
      let count = try a.fill()
      readiness.setWatchesOutput(true)
      #expect(try !watcher.seesNow(number))
      _ = try b.receiveAll(count)
      #expect(try watcher.sees(number))
      readiness.setWatchesOutput(false)
      #expect(try !watcher.seesNow(number))
    }
  }

  @Test(arguments: Watcher.allCases)
  func `it is readable when a moment has come`(_ watcher: Watcher) throws {
    try withReadiness { readiness, _, _ in
      let number = SocketDescriptor(rawValue: readiness.number)
      try readiness.setTimer(nil)
      #expect(try !watcher.seesNow(number))
      try readiness.setTimer(Deadline(.seconds(600)))
      #expect(try !watcher.seesNow(number))
      try readiness.setTimer(.forever)
      #expect(try !watcher.seesNow(number))
      try readiness.setTimer(Deadline(.milliseconds(20)))
      #expect(try watcher.sees(number))
      // It stays until it is set anew.
      #expect(try watcher.sees(number))
      try readiness.setTimer(nil)
      #expect(try !watcher.seesNow(number))
      for past in [Deadline.immediate, .now] {
        try readiness.setTimer(past)
        #expect(try watcher.sees(number))
      }
    }
  }

  @Test func `what is closed does nothing any more`() throws {
    try withReadiness { readiness, _, _ in
      readiness.close()
      #expect(readiness.number == -1)
      readiness.setBuffered(true)
      readiness.setWatchesOutput(true)
      try readiness.setTimer(Deadline(.milliseconds(1)))
      readiness.close()
    }
  }

  @Test func `a number that cannot be polled is refused, and nothing is left open`() async {
    await #expect(processExitsWith: .success) {
      try expectNothingLeftOpen {
        #expect(throws: Errno.badFileDescriptor) { _ = try Readiness(watching: .max) }
      }
    }
  }
}

private func withReadiness(
  capacity: Int? = nil, _ body: (inout Readiness, _ a: SocketDescriptor, _ b: SocketDescriptor) throws -> Void
) throws {
  try withStream(.unix, capacity: capacity) { a, b in
    var readiness = try Readiness(watching: a.rawValue)
    try body(&readiness, a, b)
  }
}
