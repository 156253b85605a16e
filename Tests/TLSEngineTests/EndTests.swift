import Testing
import WestwindBuffers
import WestwindTestSupport

@testable import TLSEngine

struct EndTests {
  @Test(arguments: TLSVersion.allCases)
  func `close_notify ends one direction, and the other goes on`(version: TLSVersion) throws {
    let pair = try EnginePair.connected(version)
    try pair.client.write([1, 2])
    #expect(pair.client.owesClose)
    pair.client.close()
    #expect(!pair.client.owesClose)
    try pair.server.give(pair.client.takeOutput())
    let end = try pair.server.readAll()
    #expect(end.bytes == [1, 2] && end.step == .ended && pair.server.hasEnded)
    #expect(pair.server.hasDeliverable())
    // The stream below may end behind it.
    pair.server.engine.endInput()
    #expect(pair.server.failure == nil)
    try pair.server.write([3])
    pair.server.close()
    try pair.client.give(pair.server.takeOutput())
    let last = try pair.client.readAll()
    #expect(last.bytes == [3] && last.step == .ended)
    #expect(pair.memory.outstanding == 0)
  }

  @Test(arguments: TLSVersion.allCases)
  func `an end without close_notify is a truncation, behind what came`(version: TLSVersion) throws {
    let pair = try EnginePair.connected(version)
    try pair.client.write([1, 2])
    let records = pair.client.takeOutput()
    try pair.server.give(records + records.prefix(3))
    #expect(try pair.server.readAll() == ([1, 2], .needsInput))
    pair.server.engine.endInput()
    #expect(pair.server.failure == .truncated)
    #expect(try pair.server.readAll() == ([], .failed))
    var taken = 0
    #expect(pair.server.write([1], sent: &taken) == .failed)
    #expect(taken == 0 && !pair.server.owesClose)
    #expect(pair.memory.outstanding == 0)
  }

  @Test(arguments: TLSVersion.allCases)
  func `plaintext and close_notify that wait are read behind the end of the input`(version: TLSVersion) throws {
    let pair = try EnginePair.connected(version)
    try pair.client.write([1, 2])
    pair.client.close()
    try pair.server.give(pair.client.takeOutput())
    pair.server.engine.endInput()
    #expect(pair.server.failure == nil && pair.server.hasDeliverable())
    #expect(try pair.server.readAll() == ([1, 2], .ended))
    #expect(pair.server.failure == nil && pair.memory.outstanding == 0)
  }

  @Test(arguments: TLSVersion.allCases)
  func `plaintext that waits is read behind the end of the input, which is a truncation`(version: TLSVersion) throws {
    let pair = try EnginePair.connected(version)
    try pair.client.write([1, 2])
    let records = pair.client.takeOutput()
    try pair.server.give(records + records.prefix(7))
    pair.server.engine.endInput()
    #expect(try pair.server.readAll() == ([1, 2], .failed))
    #expect(pair.server.failure == .truncated && pair.server.hasDeliverable() && pair.memory.outstanding == 0)
  }

  @Test(arguments: TLSVersion.allCases)
  func `plaintext read in part is not lost with the end of the input`(version: TLSVersion) throws {
    let pair = try EnginePair.connected(version)
    try pair.client.write([1, 2])
    try pair.server.give(pair.client.takeOutput())
    #expect(pair.server.read(atMost: 1) == ([1], .done))
    pair.server.engine.endInput()
    #expect(pair.server.failure == nil)
    #expect(try pair.server.readAll() == ([2], .failed))
    #expect(pair.server.failure == .truncated)
  }

  @Test(arguments: TLSVersion.allCases)
  func `the end of the input within the handshake is a truncation`(version: TLSVersion) throws {
    let pair = try EnginePair(version)
    #expect(pair.client.shakeHands() == .needsInput)
    try pair.server.give(pair.client.takeOutput())
    pair.server.engine.endInput()
    #expect(pair.server.shakeHands() == .failed)
    #expect(pair.server.failure == .truncated)
    // What it had to say first is there.
    #expect(pair.server.hasOutput)
  }

  @Test(arguments: TLSVersion.allCases)
  func `a failure from outside does not hide what came before`(version: TLSVersion) throws {
    let pair = try EnginePair.connected(version)
    try pair.client.write([1, 2])
    try pair.server.give(pair.client.takeOutput())
    pair.server.engine.fail(.timedOut)
    #expect(pair.server.failure == .timedOut && pair.server.hasDeliverable() && !pair.server.owesClose)
    var sent = 0
    #expect(pair.server.write([1], sent: &sent) == .failed)
    #expect(try pair.server.readAll() == ([1, 2], .failed))
    #expect(try pair.server.readAll() == ([], .failed))
    #expect(pair.server.failure == .timedOut && pair.memory.outstanding == 0)
  }

  @Test(arguments: TLSVersion.allCases)
  func `a record that was changed is refused, and the peer hears of it`(version: TLSVersion) throws {
    let pair = try EnginePair.connected(version)
    try pair.client.write([1, 2, 3])
    var record = pair.client.takeOutput()
    record[record.count - 1] ^= 1
    try pair.server.give(record)
    #expect(try pair.server.readAll() == ([], .failed))
    guard case .protocolError? = pair.server.failure else {
      Issue.record("\(String(describing: pair.server.failure))")
      return
    }
    try pair.client.give(pair.server.takeOutput())
    #expect(try pair.client.readAll().step == .failed)
    // RFC 8446 6.2
    #expect(pair.client.failure == .alert(20, name: "bad record mac"))
    #expect(pair.memory.outstanding == 0)
  }

  @Test(arguments: TLSVersion.allCases)
  func `a write behind close is refused, and the peer's direction goes on`(version: TLSVersion) throws {
    let pair = try EnginePair.connected(version)
    pair.client.close()
    try pair.server.give(pair.client.takeOutput())
    #expect(try pair.server.readAll() == ([], .ended))
    var sent = 0
    #expect(pair.client.write([1], sent: &sent) == .ended)
    #expect(pair.client.write([1], [2], sent: &sent) == .ended)
    #expect(sent == 0 && pair.client.failure == nil && !pair.client.hasOutput)
    try pair.server.write([3])
    try pair.client.give(pair.server.takeOutput())
    #expect(try pair.client.readAll() == ([3], .needsInput))
    #expect(pair.memory.outstanding == 0)
  }

  @Test(arguments: TLSVersion.allCases, [0, 10])
  func `close_notify that finds the output full comes later`(version: TLSVersion, room: Int) throws {
    let pair = try EnginePair.connected(version)
    // The output is as full as it gets.
    pair.client.engine.bio.output.acquire(from: pair.memory)
    let filler = [UInt8](repeating: 0, count: pair.client.engine.bio.output.freeAtEnd - room)
    pair.client.engine.bio.output.append(filler.span.bytes)
    pair.client.close()
    #expect(pair.client.owesClose)
    var sent = 0
    #expect(pair.client.write([1], sent: &sent) == .ended)
    let start = pair.client.takeOutput().dropFirst(filler.count)
    pair.client.close()
    #expect(!pair.client.owesClose)
    try pair.server.give(start + pair.client.takeOutput())
    #expect(try pair.server.readAll() == ([], .ended))
    #expect(pair.client.failure == nil && pair.memory.outstanding == 0)
  }

  @Test func `what failed first stays`() throws {
    let pair = try EnginePair.connected()
    pair.client.engine.fail(.protocolVersion)
    pair.client.engine.fail(.truncated)
    #expect(pair.client.failure == .protocolVersion)
    #expect(pair.client.hasDeliverable())
  }

  @Test func `output that is discarded returns its memory`() throws {
    let pair = try EnginePair.connected()
    try pair.client.write([1, 2, 3])
    #expect(pair.memory.outstanding == 1)
    pair.client.engine.discardOutput(memory: pair.memory)
    #expect(pair.memory.outstanding == 0 && !pair.client.hasOutput)
  }

  @Test func `an engine that is dropped returns what waits in it, if it is told before`() throws {
    let memory = CountingSource()
    do {
      let pair = try EnginePair.connected()
      try pair.client.write([1, 2, 3])
      var engine = try TLSConnectionEngine.server(Contexts.server(.tls1_3))
      #expect(engine.receive(pair.client.takeOutput().span.bytes, memory: memory) > 0)
      #expect(engine.shakeHands(memory: memory) == .failed)
      #expect(engine.receive([1 as UInt8].span.bytes, memory: memory) == 1)
      // An alert, and a byte.
      let (hasInput, hasOutput) = (engine.hasInput, engine.hasOutput)
      #expect(hasInput && hasOutput && memory.outstanding == 2)
      engine.discard(memory: memory)
    }
    #expect(memory.outstanding == 0)
  }
}
