import SystemPackage
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// Sessions that are resumed, and those that must not be.
@Suite struct SessionTests {
  @Test(arguments: TLSVersion.allCases)
  func `the second connection resumes the session of the first`(version: TLSVersion) throws {
    let server = try Server(version)
    defer { server.end() }
    var options = try Standard.client()
    options.sessions = TLSSessionCache()
    #expect(try server.isResumed(options) == [false, true, true])
    options.sessions?.removeAll()
    #expect(try server.isResumed(options) == [false, true, true])
  }

  @Test func `a dot at the end of the name makes no other session`() throws {
    let server = try Server(.tls1_3)
    defer { server.end() }
    var options = try Standard.client()
    options.sessions = TLSSessionCache()
    #expect(try server.isResumed(options, count: 1) == [false])
    options.hostName = try #require(options.hostName) + "."
    #expect(try server.isResumed(options, count: 1) == [true])
  }

  @Test func `without a cache nothing is resumed`() throws {
    let server = try Server(.tls1_3)
    defer { server.end() }
    #expect(try server.isResumed(Standard.client()) == [false, false, false])
  }

  @Test func `a session is not used where the check would have been another`() throws {
    let server = try Server(.tls1_3)
    defer { server.end() }
    let sessions = TLSSessionCache()
    var careless = TLSOptions(hostName: "elsewhere.test")
    careless.verifiesPeer = false
    careless.sessions = sessions
    #expect(try server.isResumed(careless) == [false, true, true])
    var careful = try Standard.client()
    careful.sessions = sessions
    #expect(try server.isResumed(careful, count: 1) == [false])
    careful.hostName = "elsewhere.test"
    #expect(throws: TLSError.hostNameMismatch(expected: "elsewhere.test")) { try server.isResumed(careful, count: 1) }
    #expect(try server.isResumed(careless, count: 1) == [true])
  }

  @Test func `between our own two ends, too`() throws {
    let sessions = TLSSessionCache()
    for version in TLSVersion.allCases {
      var options = try Standard.client()
      options.maximumVersion = version
      options.sessions = sessions
      for isResumed in [false, true] {
        let pair = try TLSPair(options)
        try pair.server.send([1])
        #expect(try pair.client.recv(maxCount: 1, timeout: .seconds(20)) == [1])
        #expect(tlsInfo(pair.client)?.isResumed == isResumed)
        #expect(tlsInfo(pair.server)?.isResumed == isResumed)
        #expect(tlsInfo(pair.client)?.peerSubject == "CN=the server")
        try pair.close()
      }
    }
  }

  private struct Server {
    let server: OpenSSLServer

    init(_ version: TLSVersion) throws {
      let certificates = try Standard.certificates.get()
      server = try OpenSSLServer([
        "-cert", certificates.path("server.pem"), "-key", certificates.path("server.key"), "-www",
        version == .tls1_2 ? "-tls1_2" : "-tls1_3",
      ])
    }

    func end() { server.end() }

    /// What several connections, one after the other, say of themselves.
    func isResumed(_ options: TLSOptions, count: Int = 3) throws -> [Bool] {
      try (0..<count).map { _ in
        let socket = try server.connect()
        defer { try? socket.close() }
        let tls = try tlsConnect(socket, options, timeout: .seconds(20))
        try tls.send(Array("GET / HTTP/1.0\r\n\r\n".utf8))
        while try !tls.recv(maxCount: 65536, timeout: .seconds(20)).isEmpty {}
        defer { try? tls.close() }
        return tlsInfo(tls)?.isResumed == true
      }
    }
  }
}
