import SystemPackage
import Testing
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport
import WestwindTesting

/// Memory and scripted descriptors, watched by their numbers.
struct LayeredReadinessTests {
  /// The kinds of descriptor below the number that is watched.
  enum Layers: String, Sendable, CaseIterable, CustomTestStringConvertible {
    case memory
    case scriptedOverMemory = "scripted over memory"
    case scriptedOverTCP = "scripted over TCP"
    case scriptedTwice = "scripted over scripted over TCP"

    var testDescription: String { rawValue }

    func lend(
      script: ScriptedSocket.Script = .init(), _ body: (_ a: SocketDescriptor, _ b: SocketDescriptor) throws -> Void
    ) throws {
      let (a, b) = self == .memory || self == .scriptedOverMemory ? try MemorySocket.pair() : try tcpPair()
      defer { for descriptor in [a, b] { try? descriptor.close() } }
      guard self != .memory else { return try body(a, b) }
      let scripted = try ScriptedSocket.make(over: a, script: script).descriptor
      defer { try? scripted.close() }
      guard self == .scriptedTwice else { return try body(scripted, b) }
      let above = try ScriptedSocket.make(over: scripted, script: .init()).descriptor
      defer { try? above.close() }
      try body(above, b)
    }
  }

  @Test(arguments: Layers.allCases, Watcher.allCases)
  func `it is readable while there is something to read`(_ layers: Layers, _ watcher: Watcher) throws {
    try layers.lend { a, b in
      #expect(try !watcher.seesNow(a))
      try b.send([1, 2, 3])
      #expect(try watcher.sees(a))
      #expect(try a.recv(maxCount: 2) == [1, 2])
      #expect(try watcher.sees(a))
      #expect(try a.recv(maxCount: 2) == [3])
      #expect(try !watcher.seesNow(a))
      try a.send([4])
      #expect(try !watcher.seesNow(a))
    }
  }

  @Test(arguments: Layers.allCases, Watcher.allCases)
  func `it is readable at the end of the stream, and stays so`(_ layers: Layers, _ watcher: Watcher) throws {
    try layers.lend { a, b in
      try b.send([1])
      try b.shutdown(.write)
      #expect(try watcher.sees(a))
      #expect(try a.recv(maxCount: 2, timeout: .seconds(20)) == [1])
      for _ in 0..<2 {
        #expect(try watcher.sees(a))
        #expect(try a.recv(maxCount: 2) == [])
      }
    }
  }

  @Test(arguments: [Layers.scriptedOverMemory, .scriptedOverTCP, .scriptedTwice], Watcher.allCases)
  func `a script that ends the stream makes it readable`(_ layers: Layers, _ watcher: Watcher) throws {
    for fault in [ScriptedSocket.Fault.reset, .endOfStream] {
      try layers.lend(script: .init(fault: fault, at: 0)) { (a, _) throws in
        #expect(try !watcher.seesNow(a))
        #expect(throws: fault == .reset ? Errno.connectionReset : .brokenPipe) { try a.send([1]) }
        #expect(try watcher.sees(a))
        if fault == .reset {
          #expect(throws: Errno.connectionReset) { try a.recv(maxCount: 1) }
        } else {
          #expect(try a.recv(maxCount: 1) == [])
        }
        #expect(try watcher.sees(a))
      }
    }
  }

  @Test(arguments: Layers.allCases)
  func `a thread that polls is woken by what arrives`(_ layers: Layers) throws {
    try layers.lend { a, b in
      let call = BlockedCall { pollsReadable(a.rawValue, milliseconds: 30_000) }
      try call.waitUntilBlocked()
      try b.send([1])
      #expect(try call.join())
    }
  }
}
