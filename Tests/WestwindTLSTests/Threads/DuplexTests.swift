import SystemPackage
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestPeer
import WestwindTestSupport
import WestwindTesting

/// One thread sends while another receives, on one descriptor.
@Suite struct DuplexTests {
  @Test(arguments: TLSVersion.allCases)
  func `two threads, one sending and one receiving, all bytes checked`(version: TLSVersion) throws {
    var options = try Standard.client()
    options.minimumVersion = version
    options.maximumVersion = version
    let pair = try TLSPair(options, over: tcpPair())
    // 1 MiB that does not fall on a record's edge, again and again.
    let piece = pattern(size: (1 << 20) - 7, seed: 4)
    let count = megabytes
    let start = ContinuousClock.now
    let threads = [pair.client, pair.server].flatMap { end in
      [
        BlockingThread { for _ in 0..<count { try end.send(piece, timeout: .seconds(60)) } },
        BlockingThread {
          for number in 0..<count {
            let received = try end.receiveAll(piece.count, timeout: .seconds(60))
            guard equal(received, piece) else { throw TestSupportError("piece \(number) came wrong") }
          }
        },
      ]
    }
    for thread in threads { try thread.join() }
    print("\(count) MiB in each direction over \(version): \(ContinuousClock.now - start)")
    try pair.close()
  }

  @Test func `many senders: what each sends in one call stays together up to a record`() throws {
    let pair = try TLSPair(over: tcpPair())
    let senders = (0..<4).map { sender in
      BlockingThread {
        for _ in 0..<200 { try pair.client.send([UInt8](repeating: UInt8(sender), count: 1000), timeout: .seconds(60)) }
      }
    }
    for _ in 0..<800 {
      let bytes = try pair.server.receiveAll(1000)
      #expect(bytes.allSatisfy { $0 == bytes[0] })
    }
    for sender in senders { try sender.join() }
    try pair.close()
  }

  @Test func `neither end waits for the other where both send first`() throws {
    // Both pipes are full before anybody reads.
    let pair = try TLSPair(over: try MemorySocket.pair(capacity: 1000))
    let bytes = pattern(size: 500_000, seed: 5)
    let senders = [pair.client, pair.server].map { end in
      BlockingThread { try end.send(bytes, timeout: .seconds(60)) }
    }
    let readers = [pair.client, pair.server].map { end in BlockingThread { try end.receiveAll(bytes.count) } }
    for sender in senders { #expect(try sender.join() == bytes.count) }
    for reader in readers { #expect(difference(try reader.join(), bytes) == nil) }
    try pair.close()
  }
}
