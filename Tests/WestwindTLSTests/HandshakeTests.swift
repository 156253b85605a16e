import Glibc
import Synchronization
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTLS
import WestwindTestSupport
import WestwindTesting

/// Handshakes that go right, wrong, or nowhere.
@Suite struct HandshakeTests {
  @Test func `a peer that says nothing does not hold a handshake beyond its time`() throws {
    let (a, b) = try SocketDescriptor.pair()
    defer { [a, b].forEach { try? $0.close() } }
    let start = ContinuousClock.now
    #expect(throws: TLSError.timedOut) { try tlsConnect(a, Standard.client(), timeout: .milliseconds(100)) }
    #expect(throws: TLSError.timedOut) { try tlsAccept(b, Standard.server(), timeout: .milliseconds(0)) }
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func `a peer that drips a byte at a time does not either`() throws {
    let (a, b) = try SocketDescriptor.pair()
    let dripping = BlockingThread {
      // The head of a record that is never complete, and its body.
      try b.send([22, 3, 3, 0x40, 0])
      while true {
        try b.send([2], timeout: .seconds(20))
        usleep(1000)
      }
    }
    #expect(throws: TLSError.timedOut) { try tlsConnect(a, Standard.client(), timeout: .milliseconds(200)) }
    try a.close()
    #expect(throws: (any Error).self) { try dripping.join() as Void }
    try b.close()
  }

  @Test func `a peer that does not speak TLS is told apart, and one that closes`() throws {
    for (bytes, error) in [
      (Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), TLSError.protocolError("the peer does not speak TLS")),
      ([], .truncated),
    ] {
      let (a, b) = try SocketDescriptor.pair()
      defer { [a, b].forEach { try? $0.close() } }
      try b.send(bytes)
      try b.shutdown(.write)
      #expect(throws: error) { try tlsConnect(a, Standard.client(), timeout: .seconds(20)) }
    }
  }

  @Test func `no application protocol in common: both ends say so`() throws {
    var client = try Standard.client()
    client.applicationProtocols = ["mqtt"]
    var server = try Standard.server()
    server.applicationProtocols = ["http/1.1"]
    let (a, b) = try SocketDescriptor.pair()
    defer { [a, b].forEach { try? $0.close() } }
    let accepting = BlockingThread { [server] in
      #expect(throws: TLSError.noApplicationProtocol) { try tlsAccept(b, server, timeout: .seconds(20)) }
    }
    #expect(throws: TLSError.noApplicationProtocol) { try tlsConnect(a, client, timeout: .seconds(20)) }
    _ = try accepting.join()
    // A client that does not use ALPN is served all the same.
    let pair = try TLSPair(Standard.client(), server)
    #expect(tlsInfo(pair.server)?.applicationProtocol == nil)
    try pair.close()
    // And the server's preference counts.
    client.applicationProtocols = ["mqtt", "http/1.1", "wss"]
    server.applicationProtocols = ["wss", "http/1.1"]
    let other = try TLSPair(client, server)
    #expect(tlsInfo(other.client)?.applicationProtocol == "wss")
    #expect(tlsInfo(other.server)?.applicationProtocol == "wss")
    try other.close()
  }

  @Test func `no version and no cipher suite in common`() throws {
    var client = try Standard.client()
    client.maximumVersion = .tls1_2
    var server = try Standard.server()
    server.minimumVersion = .tls1_3
    #expect(throws: TLSError.protocolVersion) { try TLSPair(client, server) }
    client.cipherList = "ECDHE-ECDSA-AES128-GCM-SHA256"
    server.minimumVersion = .tls1_2
    server.cipherList = "ECDHE-ECDSA-AES256-GCM-SHA384"
    #expect(throws: TLSError.alert(40, name: "handshake failure")) { try TLSPair(client, server) }
    server.cipherList = nil
    let pair = try TLSPair(client, server)
    #expect(tlsInfo(pair.client)?.cipherSuite == "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
    try pair.close()
  }

  @Test(arguments: TLSVersion.allCases)
  func `a client's certificate is asked for, verified, and told`(version: TLSVersion) throws {
    let certificates = try Standard.certificates.get()
    var client = try Standard.client()
    client.minimumVersion = version
    client.maximumVersion = version
    var server = try Standard.server()
    server.trustRoots = .file(certificates.path("root.pem"))
    server.clientVerification = .optional
    try TLSPair(client, server).close()
    client.certificate = TLSCertificate(
      chain: .pem(try certificates.bytes("client.pem")), privateKey: .pem(try certificates.bytes("client.key")))
    for verification in [TLSServerOptions.ClientVerification.optional, .required] {
      server.clientVerification = verification
      let pair = try TLSPair(client, server)
      #expect(tlsInfo(pair.server)?.peerSubject == "CN=the client")
      try pair.close()
    }
  }

  @Test func `a client without a certificate is refused where one is required, and learns it`() throws {
    var server = try Standard.server()
    server.trustRoots = .file(try Standard.certificates.get().path("root.pem"))
    server.clientVerification = .required
    let (a, b) = try SocketDescriptor.pair()
    defer { [a, b].forEach { try? $0.close() } }
    let accepting = BlockingThread { [server] in
      #expect(throws: TLSError.noCertificate) { try tlsAccept(b, server, timeout: .seconds(20)) }
    }
    // In TLS 1.3 the client is through before the server has looked (RFC 8446 2).
    let tls = try tlsConnect(a, Standard.client(), timeout: .seconds(20))
    #expect(throws: Errno.protocolError) { try tls.recv(maxCount: 1, timeout: .seconds(20)) }
    #expect(tlsInfo(tls)?.lastError == .alert(116, name: "certificate required"))
    _ = try accepting.join()
    try tls.close()
  }

  @Test(arguments: TLSVersion.allCases)
  func `a server pins its clients, or has a verifier judge them`(version: TLSVersion) throws {
    let certificates = try Standard.certificates.get()
    var server = try Standard.server()
    server.trustRoots = .file(certificates.path("root.pem"))
    server.clientVerification = .required
    server.maximumVersion = version
    var client = try Standard.client()
    client.certificate = TLSCertificate(
      chain: .file(certificates.path("client.pem")), privateKey: .file(certificates.path("client.key")))
    client.sessions = TLSSessionCache()
    func accept(_ change: (inout TLSServerOptions) -> Void) throws -> (info: TLSInfo?, error: TLSError?) {
      var options = server
      change(&options)
      let (a, b) = try SocketDescriptor.pair()
      defer { [a, b].forEach { try? $0.close() } }
      let accepting = BlockingThread { [options] in
        do throws(TLSError) {
          let tls = try tlsAccept(b, options, timeout: .seconds(20))
          defer { try? tls.close() }
          // The session's tickets come with it.
          _ = try? tls.send([1], timeout: .seconds(20))
          return (tlsInfo(tls), nil) as (TLSInfo?, TLSError?)
        } catch {
          return (nil, error)
        }
      }
      if let tls = try? tlsConnect(a, client, timeout: .seconds(20)) {
        _ = try? tls.recv(maxCount: 1, timeout: .seconds(20))
        try tls.close()
      } else {
        try a.shutdown(.readWrite)
      }
      return try accepting.join()
    }
    let pin = try #require(try accept { _ in }.info?.peerCertificate?.publicKeyPin)
    #expect(try accept { $0.pins = [pin] }.error == nil)
    let other = try #require(TLSPin("cert:" + String(repeating: "0", count: 64)))
    guard case .notPinned = try accept({ $0.pins = [other] }).error else {
      Issue.record("a client that is not pinned is accepted")
      return
    }
    // Each is asked about: no session that began without the verifier is resumed, and none that began with it.
    for _ in 0..<2 {
      let accepted = try accept { $0.verifier = { _ in true } }
      #expect(accepted.error == nil && accepted.info?.isResumed == false)
    }
    #expect(try accept { $0.verifier = { _ in false } }.error == .refusedByVerifier)
  }

  @Test func `options that cannot be used are refused before anything is sent`() throws {
    let certificates = try Standard.certificates.get()
    let (a, b) = try SocketDescriptor.pair()
    defer { [a, b].forEach { try? $0.close() } }
    func isRefused(_ change: (inout TLSOptions) throws -> Void) throws -> Bool {
      var options = try Standard.client()
      try change(&options)
      do throws(TLSError) {
        _ = try tlsConnect(a, options, timeout: .immediate)
        return false
      } catch {
        guard case .badConfiguration = error else { return false }
        return error.errno == .invalidArgument
      }
    }
    #expect(
      try isRefused {
        $0.minimumVersion = .tls1_3; $0.maximumVersion = .tls1_2
      })
    #expect(try isRefused { $0.cipherList = "NONSENSE" })
    #expect(try isRefused { $0.cipherSuites = "NONSENSE" })
    #expect(try isRefused { $0.trustRoots = .pem(Array("nothing".utf8)) })
    #expect(try isRefused { $0.trustRoots = .file("/nonexistent/file") })
    #expect(try isRefused { $0.revocationLists = [.pem([])] })
    #expect(try isRefused { $0.applicationProtocols = [""] })
    #expect(try isRefused { $0.hostName = "a\0b" })
    #expect(
      try isRefused {
        // Somebody else's key.
        $0.certificate = TLSCertificate(
          chain: .file(certificates.path("client.pem")), privateKey: .file(certificates.path("server.key")))
      })
    try certificates.openssl(
      "ec", "-in", certificates.path("client.key"), "-aes128", "-passout", "pass:secret", "-out",
      certificates.path("locked.key"))
    // A pass phrase is not asked for on the terminal.
    #expect(
      try isRefused {
        $0.certificate = TLSCertificate(
          chain: .file(certificates.path("client.pem")), privateKey: .file(certificates.path("locked.key")))
      })
    #expect(try b.poll(for: .readable, timeout: .immediate) == [])
  }

  @Test func `credentials in DER, and with a NUL behind them`() throws {
    let certificates = try Standard.certificates.get()
    try certificates.openssl(
      "x509", "-in", certificates.path("root.pem"), "-outform", "DER", "-out", certificates.path("root.der"))
    for bytes in [try certificates.bytes("root.der"), try certificates.bytes("root.pem") + [0]] {
      var options = try Standard.client()
      options.trustRoots = .pem(bytes)
      try TLSPair(options).close()
    }
  }

  @Test func `TLS over TLS, as through a proxy`() throws {
    let outer = try TLSPair()
    let inner = try TLSPair(over: (outer.client, outer.server))
    let bytes = pattern(size: 500_000, seed: 6)
    let sender = BlockingThread { try inner.client.send(bytes, timeout: .seconds(20)) }
    #expect(difference(try inner.server.receiveAll(bytes.count), bytes) == nil)
    _ = try sender.join()
    try inner.server.send([1, 2])
    #expect(try inner.client.poll(for: .readable, timeout: .seconds(20)) == .readable)
    #expect(try inner.client.receiveAll(2) == [1, 2])
    #expect(try inner.client.poll(for: .readable, timeout: .immediate) == [])
    try inner.close()
    try outer.sockets.client.close()
    try outer.sockets.server.close()
  }

  @Test(arguments: [false, true])
  func `a receive that is blocked over TLS over TLS ends with either layer, also under a WebSocket`(
    hasWebSocket: Bool
  ) throws {
    for endsInner in [false, true] {
      let outer = try TLSPair()
      let inner = try TLSPair(over: (outer.client, outer.server))
      let sockets = (inner.client, inner.server)
      let ws = hasWebSocket ? try websocketRegister(sockets.0) : nil
      let isBegun = Atomic<Bool>(false)
      let reader = BlockingThread {
        isBegun.store(true, ordering: .sequentiallyConsistent)
        do {
          guard let ws else { return try sockets.0.recv(maxCount: 1, timeout: .seconds(60)).isEmpty }
          return try ws.recvMsg(maxCount: 1, timeout: .seconds(60)).payload.isEmpty
        } catch Errno.wouldBlock, WebSocketError.wouldBlock {
          return false
        } catch {
          return true
        }
      }
      while !isBegun.load(ordering: .sequentiallyConsistent) { sched_yield() }
      // Also in the middle of its way to the wait: it ends at whatever moment.
      try (endsInner ? inner.client : outer.client).shutdown(.read)
      #expect(try reader.join())
      if let ws { _ = try? websocketDisconnect(ws, timeout: .immediate) }
      for open in [inner.client, inner.server, outer.client, outer.server] { try? open.close() }
      for open in [outer.sockets.client, outer.sockets.server] { try? open.close() }
    }
  }

  @Test func `a handshake whose flights are cut everywhere, over a pipe of a few bytes`() throws {
    let pair = try TLSPair(over: MemorySocket.pair(capacity: 7))
    let sender = BlockingThread { try pair.client.send([1, 2, 3], timeout: .seconds(20)) }
    #expect(try pair.server.receiveAll(3) == [1, 2, 3])
    #expect(try sender.join() == 3)
    try pair.close()
  }
}
