import SystemPackage
import Testing
import WestwindSockets
import WestwindTestSupport
import WestwindTesting

/// Each fault does what its documentation says, at the operation that was named, and nothing before or after.
struct ScriptedSocketTests {
  typealias Script = ScriptedSocket.Script

  private let ten = [UInt8](0..<10)

  /// Lends a scripted descriptor, what counts its operations, and its peer.
  private func withScript(
    _ script: Script, over kind: Stream.Kind = .memory,
    _ body: (_ scripted: SocketDescriptor, _ socket: ScriptedSocket, _ peer: SocketDescriptor) throws -> Void
  ) throws {
    try withStream(kind) { below, peer in
      let (scripted, socket) = try ScriptedSocket.make(over: below, script: script)
      defer { try? scripted.close() }
      try body(scripted, socket, peer)
    }
  }

  @Test func `without a fault it is the descriptor below, and counts`() throws {
    try withScript(Script()) { scripted, socket, peer in
      for i in 0..<5 {
        #expect(try scripted.send(ten) == 10)
        #expect(try peer.recv(maxCount: 100) == ten)
        #expect(socket.operationCount == 2 * i + 1)
        try peer.send(ten)
        #expect(try scripted.recv(maxCount: 100) == ten)
        #expect(socket.operationCount == 2 * i + 2)
      }
    }
  }

  @Test(arguments: [Stream.Kind.memory, .tcp], 0..<4)
  func `short by one: a send leaves out the last byte`(_ kind: Stream.Kind, _ operation: Int) throws {
    try withScript(Script(fault: .shortByOne, at: operation), over: kind) { (scripted, _, peer) throws in
      for i in 0..<4 {
        let count = i == operation ? 9 : 10
        #expect(try scripted.send(ten) == count)
        #expect(try peer.receiveAll(count) == Array(ten[..<count]))
      }
    }
  }

  @Test(arguments: [Stream.Kind.memory, .tcp], 0..<4)
  func `short by one: a receive leaves out the last byte`(_ kind: Stream.Kind, _ operation: Int) throws {
    for room in [9, 10, 11, 100] {
      try withScript(Script(fault: .shortByOne, at: operation), over: kind) { scripted, _, peer in
        for i in 0..<4 {
          try peer.send(ten)
          #expect(try scripted.poll(for: .readable, timeout: .seconds(20)) == .readable)
          let whole = min(room, 10)
          let count = i == operation ? whole - 1 : whole
          #expect(try scripted.recv(maxCount: room) == Array(ten[..<count]))
          if count < 10 {
            #expect(try scripted.receiveAll(10 - count) == Array(ten[count...]))
            if i < operation { return }  // the second receive was an operation too
          }
        }
      }
    }
  }

  @Test func `short by one waits for the bytes as ever`() throws {
    try withScript(Script(fault: .shortByOne, at: 0)) { scripted, _, peer in
      let call = BlockedCall { try scripted.recv(maxCount: 100) }
      try call.waitUntilBlocked()
      try peer.send(ten)
      #expect(try call.join() == Array(ten[..<9]))
    }
    try withScript(Script(fault: .shortByOne, at: 0)) { scripted, _, peer in
      #expect(throws: Errno.wouldBlock) { try scripted.recv(maxCount: 100, timeout: .milliseconds(20)) }
      try peer.shutdown(.write)
      #expect(try scripted.recv(maxCount: 100) == [])
    }
  }

  @Test func `of a single byte nothing can be left out`() throws {
    for fault in [ScriptedSocket.Fault.shortByOne, .oneByte] {
      try withScript(Script(fault: fault, at: 0)) { (scripted, _, peer) throws in
        #expect(try scripted.send([7]) == 1)
        #expect(try peer.recv(maxCount: 10) == [7])
      }
      try withScript(Script(fault: fault, at: 0)) { scripted, _, peer in
        try peer.send([7])
        #expect(try scripted.recv(maxCount: 10) == [7])
      }
    }
  }

  @Test(arguments: 0..<4)
  func `one byte: no more than one is transferred`(_ operation: Int) throws {
    try withScript(Script(fault: .oneByte, at: operation)) { scripted, _, peer in
      for i in 0..<4 {
        #expect(try scripted.send(ten) == (i == operation ? 1 : 10))
        _ = try peer.recv(maxCount: 100)
      }
    }
    try withScript(Script(fault: .oneByte, at: operation)) { scripted, _, peer in
      for i in 0..<4 {
        try peer.send(ten)
        #expect(try scripted.recv(maxCount: 100) == (i < operation ? ten : i == operation ? [0] : ten[1...] + ten))
        if i == operation { return }
      }
    }
  }

  @Test(arguments: 0..<7)
  func `a short send is cut in whichever run it is`(_ cut: Int) throws {
    // All but the last of so many bytes, so the cut goes through every run.
    let runs: [[UInt8]] = [Array([1, 2, 3].prefix(cut)), Array([4, 5].prefix(max(0, cut - 3))), [6]]
    let all = runs.flatMap { $0 }
    try withScript(Script(fault: .shortByOne, at: 0)) { (scripted, _, peer) throws in
      let count = max(1, all.count - 1)
      #expect(try scripted.gather(runs, timeout: nil) == count)
      #expect(try peer.recv(maxCount: 100) == Array(all[..<count]))
    }
    // With a timeout the layer goes on where it was cut.
    try withScript(Script(fault: .shortByOne, at: 0)) { (scripted, socket, peer) throws in
      #expect(try scripted.gather(runs, timeout: .seconds(20)) == all.count)
      #expect(try peer.recv(maxCount: 100) == all)
      #expect(socket.operationCount == (all.count == 1 ? 1 : 2))
    }
  }

  @Test func `EINTR comes to the layer and not through it`() throws {
    try withScript(Script(fault: .interrupted, at: 0)) { (scripted, socket, peer) throws in
      #expect(throws: Errno.interrupted) { try scripted.operations.send(ten, wait: Wait(until: .forever)) }
      #expect(try scripted.operations.send(ten, wait: Wait(until: .forever)) == 10)
      #expect(socket.operationCount == 2)
    }
    try withScript(Script(fault: .interrupted, at: 0)) { (scripted, socket, peer) throws in
      #expect(try scripted.send(ten) == 10)
      #expect(socket.operationCount == 2)
      #expect(try peer.recv(maxCount: 100) == ten)
    }
    try withScript(Script(fault: .interrupted, at: 0)) { scripted, socket, peer in
      try peer.send(ten)
      #expect(try scripted.recv(maxCount: 100) == ten)
      #expect(socket.operationCount == 2)
    }
  }

  @Test func `EAGAIN comes three times over, though the caller would wait`() throws {
    try withScript(Script(fault: .wouldBlock, at: 1)) { (scripted, socket, peer) throws in
      #expect(try scripted.send(ten) == 10)
      for _ in 0..<3 { #expect(throws: Errno.wouldBlock) { try scripted.send(ten, timeout: .forever) } }
      #expect(try scripted.send(ten) == 10)
      #expect(socket.operationCount == 5)
      #expect(try peer.recv(maxCount: 100) == ten + ten)
    }
    try withScript(Script(fault: .wouldBlock, at: 1)) { scripted, socket, peer in
      try peer.send(ten)
      #expect(try scripted.recv(maxCount: 5) == Array(ten[..<5]))
      for _ in 0..<3 { #expect(throws: Errno.wouldBlock) { try scripted.recv(maxCount: 5, timeout: .forever) } }
      #expect(try scripted.recv(maxCount: 5) == Array(ten[5...]))
      #expect(socket.operationCount == 5)
    }
  }

  @Test(arguments: 0..<3)
  func `a reset stays`(_ operation: Int) throws {
    try withScript(Script(fault: .reset, at: operation)) { scripted, _, peer in
      try peer.send(ten)
      for _ in 0..<operation { #expect(try scripted.send([1]) == 1) }
      for _ in 0..<3 {
        #expect(throws: Errno.connectionReset) { try scripted.recv(maxCount: 100) }
        #expect(throws: Errno.connectionReset) { try scripted.send([1], timeout: .seconds(20)) }
      }
      #expect(try scripted.operations.wait(for: .readable, Wait(until: .forever)) == .readable)
    }
  }

  @Test(arguments: 0..<3)
  func `an end stays`(_ operation: Int) throws {
    try withScript(Script(fault: .endOfStream, at: operation)) { scripted, _, peer in
      try peer.send(ten)
      for _ in 0..<operation { #expect(try scripted.send([1]) == 1) }
      for _ in 0..<3 {
        #expect(try scripted.recv(maxCount: 100) == [])
        #expect(throws: Errno.brokenPipe) { try scripted.send([1], timeout: .seconds(20)) }
      }
      #expect(try scripted.operations.wait(for: .readable, Wait(until: .forever)) == .readable)
    }
  }

  @Test(arguments: 0...11)
  func `incoming bytes are cut in two at a position`(_ position: Int) throws {
    try withScript(Script(cuttingAt: position)) { scripted, _, peer in
      try peer.send(ten)
      if (1..<10).contains(position) {
        #expect(try scripted.recv(maxCount: 100, flags: .peek) == Array(ten[..<position]))
        #expect(try scripted.recv(maxCount: 100) == Array(ten[..<position]))
        #expect(try scripted.recv(maxCount: 100) == Array(ten[position...]))
      } else {
        #expect(try scripted.recv(maxCount: 100) == ten)
      }
      // What is sent is never cut, and what comes later neither.
      #expect(try scripted.send(ten) == 10)
      try peer.send(ten)
      #expect(try scripted.recv(maxCount: 1) == [0])
      if position != 11 { #expect(try scripted.recv(maxCount: 100) == Array(ten[1...])) }
    }
  }

  @Test func `the cut is at a position of the stream, not of a receive`() throws {
    try withScript(Script(cuttingAt: 5)) { scripted, _, peer in
      try peer.send(ten)
      #expect(try scripted.recv(maxCount: 3) == [0, 1, 2])
      #expect(try scripted.recv(maxCount: 3) == [3, 4])
      #expect(try scripted.recv(maxCount: 3) == [5, 6, 7])
    }
  }

  @Test(arguments: ScriptedSocket.Fault.allCases)
  func `no room is no crash`(_ fault: ScriptedSocket.Fault) throws {
    try withScript(Script(fault: fault, at: 0)) { scripted, _, peer in
      try peer.send(ten)
      var nothing = OutputRawSpan()
      _ = try? scripted.operations.receive(into: &nothing, flags: [], wait: Wait(until: .immediate))
      #expect(nothing.byteCount == 0)
    }
  }

  @Test func `the socket below outlives it`() throws {
    try withStream(.tcp) { below, peer in
      let scripted = try ScriptedSocket.make(over: below, script: Script(fault: .reset, at: 0)).descriptor
      #expect(throws: Errno.connectionReset) { try scripted.send([1]) }
      try scripted.close()
      try below.send([2])
      #expect(try peer.receiveAll(1) == [2])
    }
  }

  @Test func `what it does not script goes to the socket below`() throws {
    try withStream(.tcp) { below, peer in
      let scripted = try ScriptedSocket.make(over: below, script: Script()).descriptor
      defer { try? scripted.close() }
      try scripted.setNonBlocking(true)
      #expect(try below.isNonBlocking())
      #expect(throws: Errno.wouldBlock) { try scripted.recv(maxCount: 1) }
      #expect(try scripted.getsockname() == below.getsockname())
      try scripted.shutdown(.write)
      #expect(try peer.recv(maxCount: 1, timeout: .seconds(20)) == [])
    }
  }
}
