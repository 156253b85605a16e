import Glibc
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Servers that do not answer, or not to the end.
struct SilentServerTests {
  /// Well below what a deadline of the tests is when nobody sees to it.
  static let inTime = Duration.seconds(15)

  @Test(arguments: Wire.allCases)
  func `a silent server is given up at the deadline, and the error says that nothing came`(wire: Wire) throws {
    let attempt = try withAttempt(over: wire, timeout: .milliseconds(100)) { peer in
      _ = try peer.readToEnd()
    } _: {
      $0
    }
    #expect(attempt.error?.handshake?.cause == .timedOut(bytesReceived: 0))
    #expect(attempt.error?.description == "the handshake timed out: the peer sent nothing")
    #expect(attempt.error?.errno == .connectionAbort)
    #expect(attempt.elapsed >= .milliseconds(100))
    #expect(attempt.elapsed < Self.inTime)
    #expect(attempt.responses == [])
  }

  @Test func `no time at all is over at once`() throws {
    let attempt = try withAttempt(timeout: .immediate) {
      _ = try $0.readToEnd()
    } _: {
      $0
    }
    #expect(attempt.error?.handshake?.cause == .timedOut(bytesReceived: 0))
    #expect(attempt.elapsed < Self.inTime)
  }

  /// Tries with more and more time, until the peer has come to do its part within it.
  func attempts(
    over wire: Wire = .tcp, _ script: @escaping @Sendable (RawPeer) throws -> Void, until isEnough: (Attempt) -> Bool
  ) throws -> (Attempt, Duration) {
    var timeout = 100
    while true {
      let attempt = try withAttempt(over: wire, timeout: .milliseconds(timeout), peer: script) { $0 }
      if isEnough(attempt) || timeout > 20_000 { return (attempt, .milliseconds(timeout)) }
      timeout *= 4
    }
  }

  @Test(arguments: Wire.allCases)
  func `half a head and silence is given up at the deadline, and the error says how much came`(wire: Wire) throws {
    let (attempt, timeout) = try attempts(over: wire) { peer in
      _ = try peer.readHead()
      try peer.write("HTTP/1.1 101 Switching")
      _ = try peer.readToEnd()
    } until: {
      $0.error?.handshake?.cause == .timedOut(bytesReceived: 22)
    }
    #expect(attempt.error?.handshake?.cause == .timedOut(bytesReceived: 22))
    #expect(attempt.error?.description == "the handshake timed out after 22 bytes of the peer's head")
    #expect(attempt.elapsed >= timeout)
    #expect(attempt.elapsed < timeout + Self.inTime)
  }

  @Test func `a head that drips a byte at a time does not outlive the deadline`() throws {
    let (attempt, timeout) = try attempts { peer in
      _ = try peer.readHead()
      while true {
        try peer.write("x")
        usleep(1000)
      }
    } until: {
      if case .timedOut(let count) = $0.error?.handshake?.cause { count > 0 } else { false }
    }
    guard case .timedOut(let count) = attempt.error?.handshake?.cause else {
      Issue.record("\(attempt.error as Any)")
      return
    }
    #expect(count > 0)
    #expect(attempt.elapsed < timeout + Self.inTime)
  }

  @Test(arguments: Wire.allCases)
  func `a server that takes the request and closes is told apart from a silent one`(wire: Wire) throws {
    let attempt = try withAttempt(over: wire) { peer in
      _ = try peer.readHead()
      peer.close()
    } _: {
      $0
    }
    #expect(attempt.error?.handshake?.cause == .closed(bytesReceived: 0))
    #expect(attempt.error?.description == "the peer closed the connection without answering the handshake")
    #expect(attempt.elapsed < Self.inTime)
  }

  @Test func `a server that closes at once, the request unread, ends the connect at once`() throws {
    let (socket, peer) = try Wire.tcp.open()
    defer { try? socket.close() }
    peer.close()
    let error = failure {
      try websocketConnect(socket, WebSocketRequest(host: "localhost", url: "/"), timeout: patience)
    }
    // The kernel answers the request with a reset, which may come before or after the end of the stream.
    let causes: [HandshakeError.Cause] = [
      .closed(bytesReceived: 0), .connectionLost(.connectionReset), .connectionLost(.brokenPipe),
    ]
    #expect(causes.contains { $0 == error?.handshake?.cause })
  }

  @Test func `a server that closes in the middle of its head is told apart`() throws {
    let attempt = try withAttempt { peer in
      _ = try peer.readHead()
      try peer.write("HTTP/1.1 101 Swi")
      peer.close()
    } _: {
      $0
    }
    #expect(attempt.error?.handshake?.cause == .closed(bytesReceived: 16))
  }

  @Test func `a request that the socket does not take is given up at the deadline`() throws {
    let (socket, peer) = try memoryPair(capacity: 10)
    defer {
      try? socket.close()
      peer.close()
    }
    let error = failure {
      try websocketConnect(socket, WebSocketRequest(host: "localhost", url: "/"), timeout: .milliseconds(50))
    }
    #expect(error?.handshake?.cause == .timedOut(bytesReceived: 0))
  }
}
