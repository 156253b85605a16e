import SocketLayer
import TLSSockets
import TestSupport
import Testing

/// Against a server that was not written here.
@Suite struct OpenSSLServerTests {
  @Test(arguments: TLSVersion.allCases)
  func `a page comes from s_server, and its orderly end`(version: TLSVersion) throws {
    let certificates = try Standard.certificates.get()
    let server = try OpenSSLServer([
      "-cert", certificates.path("server.pem"), "-key", certificates.path("server.key"), "-www", "-naccept", "1",
      version == .tls1_2 ? "-tls1_2" : "-tls1_3",
    ])
    defer { server.end() }
    let socket = try server.connect()
    defer { try? socket.close() }
    let tls = try tlsConnect(socket, Standard.client(), timeout: .seconds(20))
    #expect(tlsInfo(tls)?.version == version)
    try tls.send(Array("GET / HTTP/1.0\r\n\r\n".utf8))
    let page = String(decoding: try tls.receiveAll(1 << 20), as: UTF8.self)
    #expect(page.hasPrefix("HTTP/1.0 200 ok\r\n"))
    #expect(page.contains("Ciphers supported in s_server binary"))
    #expect(try tls.recv(maxCount: 1, timeout: .seconds(20)) == [])
    #expect(tlsInfo(tls)?.lastError == nil)
    try tls.close()
  }

  @Test func `s_server echoes a megabyte backwards, line by line`() throws {
    let certificates = try Standard.certificates.get()
    let server = try OpenSSLServer([
      "-cert", certificates.path("server.pem"), "-key", certificates.path("server.key"), "-rev", "-naccept", "1",
    ])
    defer { server.end() }
    let socket = try server.connect()
    defer { try? socket.close() }
    let tls = try tlsConnect(socket, Standard.client(), timeout: .seconds(20))
    let lines = (0..<1000).map { textPattern(size: 1000, seed: UInt64($0)).utf8.map { $0 & 0x7F | 0x40 } + [10] }
    let sender = BlockingThread {
      for line in lines { try tls.send(line, timeout: .seconds(20)) }
    }
    for line in lines {
      let back = try tls.receiveAll(line.count)
      guard equal(back, line.dropLast().reversed() + [10]) else {
        Issue.record("a line came back wrong")
        break
      }
    }
    try sender.join()
    try tls.close()
  }

  @Test func `ALPN: the server's choice is told`() throws {
    let certificates = try Standard.certificates.get()
    let server = try OpenSSLServer([
      "-cert", certificates.path("server.pem"), "-key", certificates.path("server.key"), "-alpn", "mqtt,http/1.1",
    ])
    defer { server.end() }
    let socket = try server.connect()
    defer { try? socket.close() }
    var options = try Standard.client()
    options.applicationProtocols = ["http/1.1", "h2"]
    let tls = try tlsConnect(socket, options, timeout: .seconds(20))
    #expect(tlsInfo(tls)?.applicationProtocol == "http/1.1")
    try tls.close()
  }

  @Test func `TLS 1-1 is refused`() throws {
    let certificates = try Standard.certificates.get()
    let server = try OpenSSLServer([
      "-cert", certificates.path("server.pem"), "-key", certificates.path("server.key"), "-tls1_1", "-cipher",
      "DEFAULT:@SECLEVEL=0",
    ])
    defer { server.end() }
    let socket = try server.connect()
    defer { try? socket.close() }
    #expect(throws: TLSError.protocolVersion) { try tlsConnect(socket, Standard.client(), timeout: .seconds(20)) }
  }
}
