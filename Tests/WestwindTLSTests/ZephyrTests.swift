import Synchronization
import SystemPackage
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// TLS sockets with options and credentials by tag, as Zephyr has them.
@Suite struct ZephyrTests {
  @Test func `credentials are added once, read back, and deleted`() throws {
    try tlsCredentialAdd(4100, .caCertificate, [1, 2, 3])
    #expect(throws: TLSCredentialError.exists) { try tlsCredentialAdd(4100, .caCertificate, [4]) }
    try tlsCredentialAdd(4100, .privateKey, [4])
    #expect(try tlsCredentialGet(4100, .caCertificate) == [1, 2, 3])
    try tlsCredentialDelete(4100, .caCertificate)
    #expect(throws: TLSCredentialError.notFound) { try tlsCredentialGet(4100, .caCertificate) }
    #expect(throws: TLSCredentialError.notFound) { try tlsCredentialDelete(4100, .caCertificate) }
    #expect(try tlsCredentialGet(4100, .privateKey) == [4])
    try tlsCredentialDelete(4100, .privateKey)
  }

  @Test func `an empty host name is refused, since it would verify nothing`() throws {
    try ZephyrSockets.credentials.get()
    let client = try ZephyrSockets.client(hostName: nil)
    defer { try? client.close() }
    for name in [[], [0], Array("\0localhost".utf8), [0xFF]] as [[UInt8]] {
      #expect(throws: Errno.invalidArgument, "\(name)") { try client.setOption(.hostName, bytes: name) }
    }
    // And so nothing has been set.
    #expect(throws: Errno.invalidArgument) { try client.connect(to: .loopback(port: 9), timeout: .seconds(5)) }
    #expect(tlsInfo(client)?.lastError?.description.contains("hostName is missing") == true)
    // What is behind a NUL is C's.
    try client.setOption(.hostName, bytes: Array("localhost\0elsewhere.test".utf8))
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    let accepting = BlockingThread { try listener.accept(timeout: .seconds(20)) }
    try client.connect(to: listener.getsockname(), timeout: .seconds(20))
    try accepting.join().close()
  }

  @Test func `only an option of its own says that any name will do`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    for verifies in [true, false] {
      let accepting = BlockingThread { try? listener.accept(timeout: .seconds(20)) }
      let client = try ZephyrSockets.client(hostName: "elsewhere.test")
      try client.setOption(.verifiesHostName, [verifies ? 1 : 0])
      if verifies {
        #expect(throws: Errno.connectionAbort) { try client.connect(to: listener.getsockname(), timeout: .seconds(20)) }
      } else {
        try client.connect(to: listener.getsockname(), timeout: .seconds(20))
      }
      try client.close()
      try accepting.join()?.close()
    }
  }

  @Test func `a socket's pins and its verifier judge the server`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    func connect(_ change: (SocketDescriptor) throws -> Void) throws -> TLSInfo? {
      let accepting = BlockingThread { try? listener.accept(timeout: .seconds(20)) }
      let client = try ZephyrSockets.client()
      defer { try? client.close() }
      try change(client)
      do throws(Errno) {
        try client.connect(to: listener.getsockname(), timeout: .seconds(20))
      } catch {
        #expect(error == .connectionAbort)
      }
      let info = tlsInfo(client)
      try accepting.join()?.close()
      return info
    }
    let certificate = try #require(try connect { _ in }?.peerCertificate)
    let other = "cert:" + String(repeating: "0", count: 64)
    for pins in ["\(certificate.pin)", "\(certificate.publicKeyPin)", "\(other);\(certificate.publicKeyPin)"] {
      let info = try connect { try $0.setOption(.pins, bytes: Array(pins.utf8)) }
      #expect(info?.lastError == nil && info?.peerCertificate == certificate)
    }
    #expect(
      try connect { try $0.setOption(.pins, bytes: Array(other.utf8)) }?.lastError
        == .notPinned(certificate: "\(certificate.pin)", publicKey: "\(certificate.publicKeyPin)"))
    // None at all takes them away again.
    let taken = try connect {
      try $0.setOption(.pins, bytes: Array(other.utf8))
      try $0.setOption(.pins, bytes: [])
    }
    #expect(taken?.lastError == nil)
    #expect(try connect { try $0.setTLSVerifier { _ in false } }?.lastError == .refusedByVerifier)
    #expect(try connect { try $0.setTLSVerifier { $0.failure == nil } }?.lastError == nil)
    let client = try ZephyrSockets.client()
    defer { try? client.close() }
    for wrong in ["nonsense", "\(other);", ";\(other)", other.uppercased()] {
      #expect(throws: Errno.invalidArgument) { try client.setOption(.pins, bytes: Array(wrong.utf8)) }
    }
  }

  @Test func `a verifier is asked each time: nothing is resumed`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    let asked = Mutex(0)
    for _ in 0..<3 {
      let accepting = BlockingThread { try listener.accept(timeout: .seconds(20)) }
      let client = try ZephyrSockets.client()
      try client.setOption(.sessionCache, [1])
      try client.setTLSVerifier { _ in
        asked.withLock { $0 += 1 }
        return true
      }
      try client.connect(to: listener.getsockname(), timeout: .seconds(20))
      let server = try accepting.join()
      // The session's tickets come with it.
      try server.send([1])
      #expect(try client.recv(maxCount: 1, timeout: .seconds(20)) == [1])
      #expect(tlsInfo(client)?.isResumed == false)
      try client.close()
      try server.close()
    }
    #expect(asked.withLock { $0 } == 3)
  }

  @Test func `open, options, connect: a client and a server`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    let accepting = BlockingThread { try listener.accept(timeout: .seconds(20)) }
    let client = try ZephyrSockets.client()
    try client.setOption(.applicationProtocolList, bytes: Array("mqtt\0http/1.1\0".utf8))
    try client.setOption(.cipherSuiteList, [0x1302, 0xC02B])
    #expect(throws: Errno.socketNotConnected) { try client.send([1]) }
    try client.connect(to: listener.getsockname(), timeout: .seconds(20))
    let server = try accepting.join()
    try client.send([1, 2, 3])
    #expect(try server.recv(maxCount: 10, timeout: .seconds(20)) == [1, 2, 3])
    try server.send([4])
    #expect(try client.recv(maxCount: 10, timeout: .seconds(20)) == [4])
    #expect(try client.getOption(.cipherSuiteUsed) == 0x1302)
    #expect(try client.getOption(.certificateVerifyResult) == 0)
    #expect(try client.getpeername() == listener.getsockname())
    #expect(throws: Errno.socketIsConnected) { try client.connect(to: listener.getsockname()) }
    try client.close()
    #expect(try server.recv(maxCount: 10, timeout: .seconds(20)) == [])
    try server.close()
  }

  @Test(arguments: [0, 1, 2] as [CInt])
  func `TLS-PEER-VERIFY: none, optional and required`(way: CInt) throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    let accepting = BlockingThread { try? listener.accept(timeout: .seconds(20)) }
    let client = try ZephyrSockets.client(hostName: "elsewhere.test")
    try client.setOption(.peerVerify, [way])
    let address = try listener.getsockname()
    if way == 2 {
      #expect(throws: Errno.connectionAbort) { try client.connect(to: address, timeout: .seconds(20)) }
      #expect(tlsInfo(client)?.lastError == .hostNameMismatch(expected: "elsewhere.test"))
    } else {
      try client.connect(to: address, timeout: .seconds(20))
      #expect(try client.getOption(.certificateVerifyResult) == (way == 1 ? 4 : 0))
    }
    try client.close()
    if let server = try accepting.join() { try server.close() }
  }

  @Test func `sessions are kept where TLS-SESSION-CACHE says so, until they are purged`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    func isResumed() throws -> Bool? {
      let accepting = BlockingThread {
        let server = try listener.accept(timeout: .seconds(20))
        try server.send([1])
        return server
      }
      let client = try ZephyrSockets.client()
      try client.setOption(.sessionCache, [1])
      try client.connect(to: listener.getsockname(), timeout: .seconds(20))
      _ = try client.recv(maxCount: 1, timeout: .seconds(20))
      defer { try? client.close() }
      try accepting.join().close()
      return tlsInfo(client)?.isResumed
    }
    #expect(try [isResumed(), isResumed()] == [false, true])
    let other = try ZephyrSockets.client()
    try other.setOption(.sessionCachePurge, [1])
    try other.close()
    #expect(try isResumed() == false)
  }

  @Test func `what is wrong with a certificate is told of a resumed connection too`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    func result() throws -> (isResumed: Bool?, verifyResult: CInt) {
      let accepting = BlockingThread {
        let server = try listener.accept(timeout: .seconds(20))
        try server.send([1])
        return server
      }
      let client = try ZephyrSockets.client(hostName: "elsewhere.test")
      try client.setOption(.peerVerify, [1])
      try client.setOption(.sessionCache, [1])
      try client.connect(to: listener.getsockname(), timeout: .seconds(20))
      _ = try client.recv(maxCount: 1, timeout: .seconds(20))
      defer { try? client.close() }
      try accepting.join().close()
      return (tlsInfo(client)?.isResumed, try client.getOption(.certificateVerifyResult))
    }
    // The sessions are the process's, and another test may purge them.
    var wasResumed = false
    for _ in 0..<20 where !wasResumed {
      let (isResumed, verifyResult) = try result()
      #expect(verifyResult == 4)
      wasResumed = isResumed == true
    }
    #expect(wasResumed)
  }

  @Test func `all that is wrong with a certificate is told, of a resumed connection too`() throws {
    let certificates = try Certificates()
    try certificates.write("", to: "openssl.cnf")
    try certificates.make("root", .init(subject: "/CN=root", alternatives: nil, isAuthority: true))
    let yesterday = (start: Certificates.date(hours: -48), end: Certificates.date(hours: -24))
    try certificates.make("server", .init(subject: "/CN=old", dates: yesterday, issuer: "root"))
    let (rootTag, serverTag): (CInt, CInt) = (4301, 4302)
    try tlsCredentialAdd(rootTag, .caCertificate, try certificates.bytes("root.pem"))
    try tlsCredentialAdd(serverTag, .serverCertificate, try certificates.bytes("server.pem"))
    try tlsCredentialAdd(serverTag, .privateKey, try certificates.bytes("server.key"))
    defer {
      try? tlsCredentialDelete(rootTag, .caCertificate)
      try? tlsCredentialDelete(serverTag, .serverCertificate)
      try? tlsCredentialDelete(serverTag, .privateKey)
    }
    let listener = try ZephyrSockets.listener(tag: serverTag)
    defer { try? listener.close() }
    // The sessions are the process's, and another test may purge them.
    var wasResumed = false
    for _ in 0..<20 where !wasResumed {
      let accepting = BlockingThread {
        let server = try listener.accept(timeout: .seconds(20))
        try server.send([1])
        return server
      }
      let client = try ZephyrSockets.client(hostName: "elsewhere.test", tag: rootTag)
      defer { try? client.close() }
      try client.setOption(.peerVerify, [1])
      try client.setOption(.sessionCache, [1])
      try client.connect(to: listener.getsockname(), timeout: .seconds(20))
      _ = try client.recv(maxCount: 1, timeout: .seconds(20))
      #expect(try client.getOption(.certificateVerifyResult) == 1 + 4)
      try accepting.join().close()
      wasResumed = tlsInfo(client)?.isResumed == true
    }
    #expect(wasResumed)
  }

  @Test func `a suite that OpenSSL does not have is refused, not left out`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    let client = try ZephyrSockets.client()
    try client.setOption(.cipherSuiteList, [0x1302, 0x7F7F])
    #expect(throws: Errno.invalidArgument) { try client.connect(to: listener.getsockname(), timeout: .seconds(20)) }
    try client.close()
  }

  @Test func `without a host name a client refuses to connect, unless an option says that any name will do`() throws {
    try ZephyrSockets.credentials.get()
    let listener = try ZephyrSockets.listener()
    defer { try? listener.close() }
    let client = try ZephyrSockets.client(hostName: nil)
    #expect(throws: Errno.invalidArgument) { try client.connect(to: listener.getsockname(), timeout: .seconds(20)) }
    try client.close()
    // Nothing was sent, not even for TCP.
    #expect(throws: Errno.wouldBlock) { try listener.accept(timeout: .immediate) }
    let accepting = BlockingThread { try listener.accept(timeout: .seconds(20)) }
    let other = try ZephyrSockets.client(hostName: nil)
    try other.setOption(.verifiesHostName, [0])
    try other.connect(to: listener.getsockname(), timeout: .seconds(20))
    try other.close()
    try accepting.join().close()
  }

  @Test func `the list of protocols is cut where there is no more room, not thinned out`() throws {
    let socket = try SocketDescriptor.open(.ipv4, .stream, .tls1_3)
    defer { try? socket.close() }
    try socket.setOption(.applicationProtocolList, bytes: Array("a\0longer\0b\0".utf8))
    // Four bytes are an `int` here: "a" and its NUL, and nothing behind them, though "b" would have had room.
    #expect(try socket.getOption(.applicationProtocolList).littleEndian == CInt(UInt8(ascii: "a")))
  }

  @Test func `options of the wrong length or number are refused`() throws {
    let socket = try SocketDescriptor.open(.ipv4, .stream, .tls1_3)
    defer { try? socket.close() }
    #expect(throws: Errno.invalidArgument) { try socket.setOption(.peerVerify, [3]) }
    #expect(throws: Errno.invalidArgument) { try socket.setOption(.peerVerify, bytes: [1]) }
    for value in [0, -1] as [CInt] {
      #expect(throws: Errno.invalidArgument) { try socket.setOption(.handshakeTimeout, [value]) }
    }
    #expect(throws: Errno.protocolNotAvailable) {
      try socket.setsockopt(level: TLSSocketOption.level, name: 6, value: 1)
    }
    #expect(throws: Errno.socketNotConnected) { try socket.getOption(.cipherSuiteUsed) }
  }
}
