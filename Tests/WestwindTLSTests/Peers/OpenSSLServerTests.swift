import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

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

  // With -rev it gives back each line backwards, and so proves every byte both ways.
  @Test(arguments: TLSVersion.allCases)
  func `s_server gives back 10,000 writes of mixed sizes, each line of them backwards`(version: TLSVersion) throws {
    let certificates = try Standard.certificates.get()
    let server = try OpenSSLServer([
      "-cert", certificates.path("server.pem"), "-key", certificates.path("server.key"), "-rev", "-naccept", "1",
      version == .tls1_2 ? "-tls1_2" : "-tls1_3",
    ])
    defer { server.end() }
    let socket = try server.connect()
    defer { try? socket.close() }
    let tls = try tlsConnect(socket, Standard.client(), timeout: .seconds(20))
    let count = 10_000
    let sender = BlockingThread {
      for number in 0..<count { try tls.send(Self.text(of: number), timeout: .seconds(60)) }
    }
    for number in 0..<count {
      let expected = Self.backwards(Self.text(of: number))
      if let difference = difference(try tls.receiveAll(expected.count, timeout: .seconds(60)), expected) {
        Issue.record("write \(number) came back wrong: \(difference)")
        break
      }
    }
    try sender.join()
    try tls.close()
  }

  /// What goes into one write: 2 to 70,000 bytes, in lines that s_server reads at once.
  private static func text(of number: Int) -> [UInt8] {
    var generator = SeededGenerator(seed: UInt64(number))
    var size =
      switch number % 100 {
      case 99: Int.random(in: 16_000...70_000, using: &generator)
      case 0: 16_384
      case 1: 16_385
      case 90..<99: Int.random(in: 2...4000, using: &generator)
      default: Int.random(in: 2...300, using: &generator)
      }
    // A line that is nothing but its end cannot be turned.
    if size % lineSize == 1 { size += 1 }
    var text = Array(textPattern(size: size, seed: UInt64(number)).utf8)
    for end in Array(stride(from: lineSize, to: size, by: lineSize)) + [size] { text[end - 1] = 10 }
    return text
  }

  private static func backwards(_ text: [UInt8]) -> [UInt8] {
    stride(from: 0, to: text.count, by: lineSize).flatMap { start in
      text[start..<min(start + lineSize, text.count)].dropLast().reversed() + [10]
    }
  }

  private static let lineSize = 15_000

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
