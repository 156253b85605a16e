import Glibc
import Testing
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport

/// One thread sends while another receives, at both ends of a WebSocket over TLS.
@Suite struct SecureDuplexTests {
  @Test func `two threads at each end, one sending and one receiving all the time, all bytes checked`() throws {
    let pair = try SecurePair(over: tcpPair())
    // Messages of every kind of size: within a record, over its edge, over that of the buffers, and large.
    let sizes = [1, 125, 126, 16_370, 16_384, 65_535, 65_536, 65_537, 300_000, (1 << 20) - 7]
    let messages = sizes.map { pattern(size: $0, seed: UInt64($0)) }
    let round = sizes.reduce(0, +)
    let rounds = (megabytes << 20) / round + 1
    let start = ContinuousClock.now
    let threads = [pair.client, pair.server].flatMap { ws in
      [
        BlockingThread {
          for _ in 0..<rounds {
            for message in messages { try ws.sendMsg(message, opcode: .binary, timeout: .seconds(60)) }
          }
        },
        BlockingThread {
          let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
          defer { room.deallocate() }
          for number in 0..<rounds {
            for message in messages { try receive(message, ws, room, "round \(number)") }
          }
        },
      ]
    }
    for thread in threads { try thread.join() }
    print("\((rounds * round) >> 20) MiB in each direction over wss: \(ContinuousClock.now - start)")
    try pair.close()
  }

  /// Receives one message in as many pieces as it comes in, each behind the other in `room`.
  private func receive(
    _ message: [UInt8], _ ws: WebSocketDescriptor, _ room: UnsafeMutableRawBufferPointer, _ place: String
  ) throws {
    var count = 0
    while true {
      let piece = try ws.recvMsg(into: UnsafeMutableRawBufferPointer(rebasing: room[count...]), timeout: .seconds(60))
      count += piece.count
      guard piece.isBinary, piece.isFinal, piece.remaining == UInt64(message.count - count) else {
        throw TestSupportError("\(place): \(piece) of a message of \(message.count) bytes")
      }
      if piece.remaining == 0 { break }
    }
    let isRight = message.withUnsafeBytes { memcmp($0.baseAddress!, room.baseAddress!, count) == 0 }
    guard isRight else { throw TestSupportError("\(place): a message of \(message.count) bytes came wrong") }
  }
}
