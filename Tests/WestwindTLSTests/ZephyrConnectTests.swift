import SystemPackage
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestPeer
import WestwindTestSupport

/// `connect` on a TLS socket, which shakes hands, while other threads use the socket.
@Suite struct ZephyrConnectTests {
  @Test func `until connect has shaken hands the socket is not connected, and the handshake is left alone`() throws {
    let (client, server, connecting) = try Self.handshakeUnderWay()
    defer { try? server.close() }
    let start = ContinuousClock.now
    #expect(throws: Errno.socketNotConnected) { try client.recv(maxCount: 1, timeout: .seconds(20)) }
    #expect(throws: Errno.socketNotConnected) { try client.recv(maxCount: 1, flags: .dontWait) }
    #expect(throws: Errno.socketNotConnected) { try client.send([1], timeout: .seconds(20)) }
    #expect(throws: Errno.socketNotConnected) { try client.getOption(.cipherSuiteUsed) }
    #expect(throws: Errno.socketNotConnected) { try client.getOption(.certificateVerifyResult) }
    #expect(throws: Errno.socketIsConnected) { try client.connect(to: .loopback(port: 1)) }
    #expect(ContinuousClock.now - start < .seconds(9))
    let secured = try tlsAccept(server, Standard.server(), timeout: .seconds(20))
    try connecting.join()
    try secured.send([1, 2])
    #expect(try client.receiveAll(2) == [1, 2])
    try client.close()
    #expect(try secured.recv(maxCount: 1, timeout: .seconds(20)) == [])
    try secured.close()
  }

  @Test func `a thread that asks all through connect gets what the server says first, and connect returns`() throws {
    for _ in 0..<20 {
      let (client, server, connecting) = try Self.handshakeUnderWay()
      defer { try? server.close() }
      let reading = BlockingThread {
        while true {
          do {
            return try client.receiveAll(3)
          } catch Errno.socketNotConnected {
            continue
          }
        }
      }
      let secured = try tlsAccept(server, Standard.server(), timeout: .seconds(20))
      try secured.send([1, 2, 3])
      #expect(throws: Never.self) { try connecting.join() }
      #expect(try reading.join() == [1, 2, 3])
      try client.close()
      try secured.close()
    }
  }

  @Test func `connect ends at its deadline although another thread would receive for longer`() throws {
    let (client, server, connecting) = try Self.handshakeUnderWay(timeout: .milliseconds(300))
    defer { try? server.close() }
    let start = ContinuousClock.now
    let reading = BlockingThread { try client.recv(maxCount: 1, timeout: .seconds(20)) }
    #expect(throws: Errno.timedOut) { try connecting.join() }
    #expect(throws: (any Error).self) { try reading.join() }
    #expect(ContinuousClock.now - start < .seconds(9))
    // What went wrong is told from then on.
    #expect(throws: Errno.timedOut) { try client.recv(maxCount: 1, timeout: .seconds(20)) }
    #expect(tlsInfo(client)?.lastError == .timedOut)
    try client.close()
  }

  @Test func `close ends the handshake that another thread is in`() throws {
    let (client, server, connecting) = try Self.handshakeUnderWay()
    defer { try? server.close() }
    let start = ContinuousClock.now
    try client.close()
    #expect(throws: Errno.badFileDescriptor) { try connecting.join() }
    #expect(ContinuousClock.now - start < .seconds(9))
    // Of the ClientHello that was looked at it is still to be read; behind it the stream ends.
    while try !server.recv(maxCount: 4096, timeout: .seconds(20)).isEmpty {}
  }

  @Test(arguments: [ShutdownKind.read, .write, .readWrite])
  func `shutdown ends the handshake that another thread is in`(direction: ShutdownKind) throws {
    let (client, server, connecting) = try Self.handshakeUnderWay()
    defer { try? server.close() }
    let start = ContinuousClock.now
    try client.shutdown(direction)
    #expect(throws: Errno.connectionAbort) { try connecting.join() }
    #expect(ContinuousClock.now - start < .seconds(9))
    try client.close()
  }

  /// A client whose `connect` has sent its ClientHello, and the socket at which that waits.
  private static func handshakeUnderWay(
    timeout: Timeout = .seconds(20)
  ) throws -> (client: SocketDescriptor, server: SocketDescriptor, connecting: BlockingThread<Void>) {
    try ZephyrSockets.credentials.get()
    let listener = try listening()
    defer { try? listener.close() }
    let address = try listener.getsockname()
    let client = try ZephyrSockets.client()
    let connecting = BlockingThread { try client.connect(to: address, timeout: timeout) }
    let server = try listener.accept(timeout: .seconds(20))
    _ = try server.recv(maxCount: 1, flags: .peek, timeout: .seconds(20))
    return (client, server, connecting)
  }
}
