import SystemPackage
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport
import WestwindTesting

/// The number polls readable exactly when a receive gives something.
@Suite struct ReadinessTests {
  @Test func `bytes that wait inside OpenSSL are seen by poll`() throws {
    let pair = try TLSPair()
    try pair.drainTickets()
    #expect(try pair.client.poll(for: .readable, timeout: .immediate) == [])
    try pair.server.send(pattern(size: 1000, seed: 1))
    #expect(try pair.client.poll(for: .readable, timeout: .seconds(20)) == .readable)
    for left in stride(from: 900, through: 0, by: -100) {
      #expect(try pair.client.recv(maxCount: 100, timeout: .immediate).count == 100)
      #expect(!pair.sockets.client.isReadableInKernel)
      #expect(try pair.client.poll(for: .readable, timeout: .immediate) == (left > 0 ? .readable : []))
    }
    try pair.close()
  }

  @Test func `a second record that has come with the first is seen by poll`() throws {
    let pair = try TLSPair()
    try pair.drainTickets()
    try pair.server.send([1])
    try pair.server.send([2])
    #expect(try pair.client.recv(maxCount: 1, timeout: .seconds(20)) == [1])
    #expect(try pair.client.poll(for: .readable, timeout: .seconds(20)) == .readable)
    #expect(try pair.client.recv(maxCount: 1, timeout: .immediate) == [2])
    #expect(try pair.client.poll(for: .readable, timeout: .immediate) == [])
    try pair.close()
  }

  @Test func `half a record is nothing, until the rest has come`() throws {
    let (a, b) = try SocketDescriptor.pair()
    let pair = try TLSPair(over: (a, b))
    try pair.drainTickets()
    // The record goes another way, and comes in two parts.
    let record = try Self.record(of: pair) { try pair.server.send([1, 2, 3]) }
    try pair.sockets.server.send(Array(record.prefix(10)))
    #expect(throws: Errno.wouldBlock) { try pair.client.recv(maxCount: 3, timeout: .immediate) }
    #expect(try pair.client.poll(for: .readable, timeout: .immediate) == [])
    try pair.sockets.server.send(Array(record.dropFirst(10)))
    #expect(try pair.client.poll(for: .readable, timeout: .seconds(20)) == .readable)
    #expect(try pair.client.recv(maxCount: 10, timeout: .immediate) == [1, 2, 3])
    try pair.close()
  }

  /// What a sending puts on the wire; it is taken off again.
  private static func record(of pair: TLSPair, _ send: () throws -> Void) throws -> [UInt8] {
    try send()
    return try pair.sockets.client.recv(maxCount: 65536, timeout: .seconds(20))
  }

  @Test func `the end of the stream is seen by poll, also right behind data`() throws {
    let pair = try TLSPair()
    try pair.drainTickets()
    try pair.server.send([1])
    try pair.server.shutdown(.write)
    #expect(try pair.client.recv(maxCount: 1, timeout: .seconds(20)) == [1])
    #expect(try pair.client.poll(for: .readable, timeout: .seconds(20)) == .readable)
    #expect(try pair.client.recv(maxCount: 1, timeout: .immediate) == [])
    try pair.close()
  }

  @Test func `data that comes with the handshake's last word is seen by poll`() throws {
    var options = try Standard.client()
    options.maximumVersion = .tls1_2
    let pair = try TLSPair(options)
    try pair.server.send([7])
    #expect(try pair.client.poll(for: .readable, timeout: .seconds(20)) == .readable)
    #expect(try pair.client.recv(maxCount: 1, timeout: .immediate) == [7])
    try pair.close()
  }

  @Test func `flags mean what they mean on a socket`() throws {
    let pair = try TLSPair()
    #expect(throws: Errno.wouldBlock) { try pair.client.recv(maxCount: 1, flags: .dontWait) }
    try pair.server.send([1, 2, 3])
    #expect(try pair.client.recv(maxCount: 2, flags: .peek, timeout: .seconds(20)) == [1, 2])
    #expect(try pair.client.recv(maxCount: 10, flags: .peek) == [1, 2, 3])
    #expect(try pair.client.recv(maxCount: 10, flags: .waitForAll, timeout: .milliseconds(50)) == [1, 2, 3])
    try pair.client.setNonBlocking(true)
    #expect(throws: Errno.wouldBlock) { try pair.client.recv(maxCount: 1) }
    // Held back, and sent with what follows.
    try pair.server.send([4], flags: .more)
    #expect(!pair.sockets.client.isReadableInKernel)
    try pair.server.send([5])
    #expect(try pair.client.receiveAll(2) == [4, 5])
    try pair.close()
  }

  @Test func `a send that may not wait takes what fits, and the rest leaves when there is room`() throws {
    let pair = try TLSPair(over: try MemorySocket.pair(capacity: 20_000))
    let bytes = pattern(size: 300_000, seed: 9)
    var sent = try pair.client.send(bytes, flags: .dontWait)
    #expect(sent > 0 && sent < bytes.count)
    #expect(throws: Errno.wouldBlock) { try pair.client.send([1], flags: .dontWait) }
    var received: [UInt8] = []
    while received.count < bytes.count {
      if let part = try? pair.server.recv(maxCount: 65536, timeout: .immediate) { received += part }
      if sent < bytes.count, let more = try? pair.client.send(Array(bytes[sent...]), flags: .dontWait) { sent += more }
      // Where nothing more is sent, the number says that a call is wanted, and any will do.
      if try pair.client.poll(for: .readable, timeout: .immediate) == .readable {
        #expect(throws: Errno.wouldBlock) { try pair.client.recv(maxCount: 1, timeout: .immediate) }
      }
    }
    #expect(difference(received, bytes) == nil)
    try pair.close()
  }
}

extension TLSPair {
  /// Takes in the session tickets that a server sends behind the handshake.
  func drainTickets() throws {
    #expect(throws: Errno.wouldBlock) { try client.recv(maxCount: 1, timeout: .immediate) }
  }
}
