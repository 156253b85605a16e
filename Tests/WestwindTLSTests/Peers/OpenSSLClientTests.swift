import SystemPackage
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// Our server against a client that was not written here, which also does what few clients do.
@Suite struct OpenSSLClientTests {
  @Test(arguments: TLSVersion.allCases)
  func `s_client verifies our server, and lines go both ways`(version: TLSVersion) throws {
    let flag = version == .tls1_2 ? "-tls1_2" : "-tls1_3"
    let client = try OpenSSLClient(
      [flag, "-quiet", "-verify_return_error", "-verify_hostname", "localhost"], Standard.server())
    defer { client.end() }
    try client.process.write(Array("there\n".utf8))
    #expect(try client.server.receiveAll(6) == Array("there\n".utf8))
    try client.server.send(Array("back\n".utf8))
    #expect(try client.process.readLine() == "back")
    try client.server.shutdown(.write)
    client.process.closeInput()
    #expect(try client.server.recv(maxCount: 1, timeout: .seconds(20)) == [])
  }

  // RFC 8446 4.6.3: `K` makes s_client change its keys and ask for ours to be changed.
  @Test func `the peer changes its keys, and asks for ours to be changed`() throws {
    let client = try OpenSSLClient(["-tls1_3"], Standard.server())
    defer { client.end() }
    _ = try client.process.readLine { $0.contains("Verify return code: 0") }
    for i in 0..<5 {
      try client.process.write(Array("K\n".utf8))
      _ = try? client.server.recv(maxCount: 1, timeout: .milliseconds(50))
      try client.server.send(Array("line \(i)\n".utf8))
      _ = try client.process.readLine { $0 == "line \(i)" }
      try client.process.write(Array("answer\n".utf8))
      #expect(try client.server.receiveAll(7) == Array("answer\n".utf8))
    }
    #expect(tlsInfo(client.server)?.lastError == nil)
  }

  // RFC 5746: `R` makes s_client ask for a new handshake in TLS 1.2, which is refused.
  @Test func `renegotiation is refused`() throws {
    let client = try OpenSSLClient(["-tls1_2"], Standard.server())
    defer { client.end() }
    _ = try client.process.readLine { $0.contains("Verify return code: 0") }
    try client.process.write(Array("R\n".utf8))
    // Our warning, `no_renegotiation`, makes s_client give up.
    let reader = BlockingThread { try? client.server.recv(maxCount: 100, timeout: .seconds(20)) }
    #expect(try client.process.waitForExit(timeout: .seconds(20)) == .exited(1))
    _ = try reader.join()
  }

  @Test func `TLS 1-1 is refused`() throws {
    #expect(throws: TLSError.protocolVersion) {
      try OpenSSLClient(["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"], Standard.server())
    }
  }
}
