import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// A middlebox ends the connection below a secure WebSocket: an error, and never a message that is shorter than it was.
@Suite struct SecureCutTests {
  static let frame = pattern(size: 65_000, seed: 6)

  /// The most that TLS adds to a record (RFC 8446 5.2), and a frame's header of the server's (RFC 6455 5.2).
  static let overhead = (record: 5 + 1 + 16, header: 4)

  /// In the first record's head and its last byte, between two records, in the second's head, in its middle, in the last.
  static let places = [
    3, 5, 16_384 + overhead.record - 1, 16_384 + overhead.record, 16_384 + overhead.record + 4, 30_000, 60_000,
    frame.count + overhead.header + 4 * overhead.record - 1,
  ]

  /// Lends a client to which a frame is on its way that will be cut.
  private func withCut(
    behind place: Int, _ body: (WebSocketDescriptor, _ tls: SocketDescriptor) throws -> Void
  ) throws {
    let (a, b) = try SocketDescriptor.pair()
    let (c, d) = try SocketDescriptor.pair()
    let middlebox = BlockingThread { try Middlebox(between: b, and: c).run(cuttingBehind: place) }
    let pair = try SecurePair(over: (a, d))
    try pair.server.sendMsg(Self.frame, opcode: .binary, timeout: .seconds(20))
    try body(pair.client, pair.tls.client)
    try middlebox.join()
    try pair.close()
    try b.close()
    try c.close()
  }

  private func expectEnd(_ error: WebSocketError?) {
    let isEnd = error.map { [.socketNotConnected, .connectionReset].contains($0.errno) } ?? false
    #expect(isEnd, "\(String(describing: error))")
  }

  @Test(arguments: places)
  func `recvMsg tells what is missing, and then the end`(place: Int) throws {
    try withCut(behind: place) { ws, tls in
      var received: [UInt8] = []
      var remaining: UInt64?
      let error = #expect(throws: WebSocketError.self) {
        while true {
          let piece = try ws.recvMsg(maxCount: 5000, timeout: .seconds(20))
          received += piece.payload
          remaining = piece.message.remaining
          #expect(piece.message.isBinary)
          #expect(piece.message.remaining == UInt64(Self.frame.count - received.count))
        }
      }
      // Whole records only; what a caller has had of the frame, it knows to be a part.
      #expect(received.count == max(0, place / (16_384 + Self.overhead.record) * 16_384 - Self.overhead.header))
      #expect(Self.frame.starts(with: received))
      #expect(remaining != 0)
      expectEnd(error)
      #expect(tlsInfo(tls)?.lastError == .truncated)
      let again = #expect(throws: WebSocketError.self) { try ws.recvMsg(maxCount: 1, timeout: .immediate) }
      expectEnd(again)
    }
  }

  @Test(arguments: places)
  func `a whole message does not come, nor does a borrowed frame`(place: Int) throws {
    try withCut(behind: place) { (ws, _) in
      let error = #expect(throws: WebSocketError.self) { try ws.receiveMessage(timeout: .seconds(20)) }
      expectEnd(error)
    }
    try withCut(behind: place) { (ws, _) in
      let error = #expect(throws: WebSocketError.self) {
        while true {
          try ws.withReceivedFrame(timeout: .seconds(20)) { (message, _) throws(WebSocketError) in
            #expect(message.remaining > 0)
          }
        }
      }
      expectEnd(error)
    }
  }

  @Test(arguments: places)
  func `a plain recv does not tell the end of the stream`(place: Int) throws {
    try withCut(behind: place) { (ws, _) in
      let error = #expect(throws: Errno.self) {
        while try !ws.descriptor.recv(maxCount: 5000, timeout: .seconds(20)).isEmpty {}
        Issue.record("an end that looks like any other")
      }
      #expect(error == .connectionReset)
    }
  }
}
