import SystemPackage
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// `accept` on a TLS socket, which shakes hands: with clients that do not.
@Suite struct ZephyrAcceptTests {
  @Test func `a client that says nothing holds accept for no longer than the handshake may take`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    try listener.setOption(.handshakeTimeout, [200])
    let silent = try SocketDescriptor.open(.ipv4)
    defer { try? silent.close() }
    try silent.connect(to: listener.getsockname(), timeout: .seconds(20))
    let start = ContinuousClock.now
    #expect(throws: Errno.timedOut) { try listener.accept() }
    #expect(ContinuousClock.now - start >= .milliseconds(200))
    #expect(ContinuousClock.now - start < .seconds(9))  // less than without the option
    #expect(tlsInfo(listener)?.lastError == .timedOut)
    // It has been hung up on.
    #expect(try silent.recv(maxCount: 1, timeout: .seconds(20)) == [])
    try Self.expectService(of: listener)
  }

  @Test func `the call's own deadline ends a handshake too`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    let silent = try SocketDescriptor.open(.ipv4)
    defer { try? silent.close() }
    try silent.connect(to: listener.getsockname(), timeout: .seconds(20))
    let start = ContinuousClock.now
    #expect(throws: Errno.timedOut) { try listener.accept(timeout: .milliseconds(200)) }
    #expect(ContinuousClock.now - start < .seconds(9))
    // No client is another thing than one that does not finish.
    #expect(throws: Errno.wouldBlock) { try listener.accept(timeout: .milliseconds(1)) }
    try Self.expectService(of: listener)
  }

  @Test(arguments: ["GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", ""])
  func `a client that does not speak TLS, or goes away, costs one call`(text: String) throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    let client = try SocketDescriptor.open(.ipv4)
    try client.connect(to: listener.getsockname(), timeout: .seconds(20))
    try client.send(Array(text.utf8))
    if text.isEmpty { try client.close() }
    #expect(throws: Errno.connectionAbort) { try listener.accept(timeout: .seconds(20)) }
    let error = tlsInfo(listener)?.lastError
    if text.isEmpty {
      #expect(error == .truncated || error == .system(.connectionReset))
    } else {
      #expect(error == .protocolError("the peer does not speak TLS") || error == .protocolError("http request"))
      try client.close()
    }
    try Self.expectService(of: listener)
  }

  @Test func `a listener that is polled takes a client although it waits for none`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    #expect(throws: Errno.wouldBlock) { try listener.accept(timeout: .immediate) }
    try listener.setNonBlocking(true)
    #expect(throws: Errno.wouldBlock) { try listener.accept() }
    for timeout in [Timeout.immediate, nil] {
      let address = try listener.getsockname()
      let connecting = BlockingThread {
        let client = try ZephyrSockets.client()
        try client.connect(to: address, timeout: .seconds(20))
        return client
      }
      #expect(try listener.poll(for: .readable, timeout: .seconds(20)) == .readable)
      let server = try listener.accept(timeout: timeout)
      try connecting.join().close()
      try server.close()
    }
  }

  @Test func `an accept without a certificate says that this side is wrong`() throws {
    let listener = try SocketDescriptor.open(.ipv4, .stream, .tls1_2)
    defer { try? listener.close() }
    try listener.bind(to: .loopback(port: 0))
    try listener.listen()
    let client = try SocketDescriptor.open(.ipv4)
    defer { try? client.close() }
    try client.connect(to: listener.getsockname(), timeout: .seconds(20))
    #expect(throws: Errno.invalidArgument) { try listener.accept(timeout: .seconds(20)) }
  }

  /// A client that does as it should is served, whatever came before.
  private static func expectService(of listener: SocketDescriptor) throws {
    let accepting = BlockingThread { try listener.accept(timeout: .seconds(20)) }
    let client = try ZephyrSockets.client()
    try client.connect(to: listener.getsockname(), timeout: .seconds(20))
    let server = try accepting.join()
    try client.send([7])
    #expect(try server.recv(maxCount: 1, timeout: .seconds(20)) == [7])
    try client.close()
    try server.close()
  }
}
