import CWestwindOpenSSL
import Testing
import WestwindBuffers
import WestwindTestSupport

@testable import TLSEngine

struct TransferTests {
  @Test(arguments: TLSVersion.allCases, [0, 1, 100, 16383, 16384, 16385, 65536])
  func `bytes come as they were sent, both ways`(version: TLSVersion, size: Int) throws {
    let pair = try EnginePair.connected(version)
    let bytes = pattern(size: size, seed: 1)
    try pair.client.write(bytes)
    try pair.server.give(pair.client.takeOutput())
    #expect(pair.server.hasDeliverable() == (size > 0))
    #expect(difference(try pair.server.readAll().bytes, bytes) == nil)
    try pair.server.write(bytes)
    try pair.client.give(pair.server.takeOutput())
    #expect(difference(try pair.client.readAll().bytes, bytes) == nil)
    #expect(pair.memory.outstanding == 0)
  }

  @Test(arguments: TLSVersion.allCases)
  func `records may be cut at every byte`(version: TLSVersion) throws {
    let pair = try EnginePair.connected(version)
    let parts = [pattern(size: 1, seed: 1), pattern(size: 200, seed: 2), pattern(size: 16, seed: 3)]
    let whole = parts.flatMap { $0 }
    var cut = 0
    var length = 1
    while cut <= length {
      for part in parts { try pair.client.write(part) }
      let records = pair.client.takeOutput()
      length = records.count
      try pair.server.give(Array(records.prefix(cut)))
      let front = try pair.server.readAll()
      #expect(front.step == .needsInput && !pair.server.hasDeliverable())
      #expect(pair.memory.outstanding == 0)
      try pair.server.give(Array(records.dropFirst(cut)))
      let back = try pair.server.readAll()
      guard front.bytes + back.bytes == whole else {
        Issue.record("cut behind \(cut) bytes of \(length)")
        return
      }
      cut += 1
    }
    #expect(length >= 217 + 3 * 22)
  }

  @Test func `small runs share a record, and large ones do not`() throws {
    let pair = try EnginePair.connected()
    let (a, b, c) = (pattern(size: 10, seed: 1), pattern(size: 16380, seed: 2), pattern(size: 300, seed: 3))
    try pair.client.write(a, b, c)
    let ciphertext = pair.client.takeOutput()
    // 16384 bytes, and 306.
    #expect(ciphertext.count == 16690 + 2 * 22)
    try pair.server.give(ciphertext)
    #expect(difference(try pair.server.readAll().bytes, a + b + c) == nil)
    try pair.client.write(b, [], c)
    try pair.server.give(pair.client.takeOutput())
    #expect(difference(try pair.server.readAll().bytes, b + c) == nil)
    #expect(pair.memory.outstanding == 0)
  }

  @Test func `a full output stops a write, which goes on when it has left`() throws {
    let pair = try EnginePair.connected()
    let bytes = pattern(size: 300_000, seed: 4)
    var (sent, stops) = (0, 0)
    var received: [UInt8] = []
    while sent < bytes.count {
      let step = pair.client.write(bytes, sent: &sent)
      if step == .needsOutput { stops += 1 }
      #expect(step == (sent < bytes.count ? .needsOutput : .done))
      #expect(pair.client.hasOutput)
      try pair.server.give(pair.client.takeOutput())
      received += try pair.server.readAll().bytes
    }
    // Four records at a time.
    #expect(stops == 4)
    #expect(difference(received, bytes) == nil)
    #expect(pair.memory.outstanding == 0)
  }

  @Test func `a peek takes nothing`() throws {
    let pair = try EnginePair.connected()
    try pair.client.write([1, 2, 3])
    try pair.server.give(pair.client.takeOutput())
    #expect(pair.server.read(atMost: 2, isPeek: true).0 == [1, 2])
    #expect(pair.server.read(atMost: 1).0 == [1])
    #expect(try pair.server.readAll().bytes == [2, 3])
  }

  @Test func `queues change hands without a copy`() throws {
    let pair = try EnginePair.connected()
    var queue = ByteQueue(capacity: TLSConnectionEngine.bufferCapacity)
    try pair.client.write([1, 2, 3])
    pair.client.engine.exchangeOutput(&queue)
    #expect(!pair.client.hasOutput)
    #expect((queue.count, queue.hasMemory) == (3 + 22, true))
    pair.server.engine.exchangeInput(&queue)
    #expect(pair.server.hasInput)
    #expect((queue.count, queue.hasMemory) == (0, false))
    #expect(try pair.server.readAll().bytes == [1, 2, 3])
    #expect(pair.memory.outstanding == 0)
  }

  @Test func `the answer to a KeyUpdate is output of a read, or comes with the next record`() throws {
    let pair = try EnginePair.connected()
    for round in 0..<3 as Range<UInt8> {
      for byte in [round, round + 10] {
        #expect(SSL_key_update(pair.client.engine.ssl, SSL_KEY_UPDATE_REQUESTED) == 1)
        try pair.client.write([byte])
      }
      try pair.server.give(pair.client.takeOutput())
      #expect(try pair.server.readAll().bytes == [round, round + 10])
      // OpenSSL answers the first when the second comes, and the second when it writes.
      #expect(pair.server.hasOutput)
      try pair.server.write([round])
      try pair.client.give(pair.server.takeOutput())
      #expect(try pair.client.readAll().bytes == [round])
    }
    #expect(pair.memory.outstanding == 0)
  }

  @Test func `a read whose answer finds the output full goes on when that has left`() throws {
    let pair = try EnginePair.connected()
    // The server's output, up to what is kept free for one answer.
    var count = 0
    for piece in [16384, 1] {
      var step = TLSConnectionEngine.Step.done
      while step == .done {
        var sent = 0
        step = pair.server.write(pattern(size: piece, seed: 1), sent: &sent)
        count += sent
      }
      #expect(step == .needsOutput)
    }
    let updates = 40
    var sent: [UInt8] = []
    for round in 0..<UInt8(updates) {
      #expect(SSL_key_update(pair.client.engine.ssl, SSL_KEY_UPDATE_REQUESTED) == 1)
      try pair.client.write([round])
      sent.append(round)
    }
    try pair.server.give(pair.client.takeOutput())
    let front = try pair.server.readAll()
    #expect(front.step == .needsOutput && front.bytes.count < updates)
    #expect(!pair.server.hasDeliverable())
    try pair.client.give(pair.server.takeOutput())
    let back = try pair.server.readAll()
    #expect(back.step == .needsInput && front.bytes + back.bytes == sent)
    #expect(try pair.client.readAll().bytes.count == count)
    try pair.client.give(pair.server.takeOutput())
    #expect(try pair.client.readAll().step == .needsInput)
    #expect(pair.memory.outstanding == 0)
  }
}
