import Glibc
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTLS
import WestwindTestCertificates
import WestwindTestSupport

/// `wss://`.
struct WSSTests {
  private func options(_ certificate: TestCertificate) -> ConnectOptions {
    var options = direct
    options.tls = certificate.client
    return options
  }

  /// A server that asks its clients for a certificate, and takes those that have none.
  private func asking(_ shown: TestCertificate, for client: TestCertificate) -> TLSServerOptions {
    var options = shown.server
    options.trustRoots = .pem(client.certificate)
    options.clientVerification = .optional
    return options
  }

  /// An echo server with TLS.
  ///
  /// - Returns: why the client closed; nil where it did not get so far.
  private func server(
    _ certificate: TestCertificate, at address: SocketAddress = .loopback(port: 0)
  ) throws -> Peer<CloseStatus?> {
    try Peer(at: address) { socket in
      guard let tls = try? tlsAccept(socket, certificate.server, timeout: patience) else { return nil }
      defer { try? tls.close() }
      let status = try serveEcho(tls)
      // The end is an orderly one: close_notify, and not a stream that breaks off.
      #expect(try tls.recv(maxCount: 1, timeout: patience).isEmpty)
      return status
    }
  }

  @Test(arguments: ["localhost", "127.0.0.1"]) func `wss speaks TLS with the URL's host`(_ host: String) throws {
    let certificate = try TestCertificate.good.get()
    let peer = try server(certificate)
    let connection = try websocketConnect(
      url: "wss://\(host):\(peer.port)/", options: options(certificate), timeout: patience)
    #expect(try echoes(connection))
    let address = connection.peer
    #expect(address == peer.address)
    try connection.close(code: .normal, timeout: patience)
    #expect(try peer.join().first??.code == .normal)
  }

  @Test func `TLS goes over a path of the file system, with the URL's name`() throws {
    let certificate = try TestCertificate.good.get()
    let path = "/tmp/westwind-wss-\(getpid())"
    unlink(path)
    defer { unlink(path) }
    let peer = try server(certificate, at: .unix(path: path)!)
    var options = options(certificate)
    options.unixPath = path
    let connection = try websocketConnect(url: "wss://server.example/", options: options, timeout: patience)
    #expect(try echoes(connection))
    try connection.close(timeout: patience)
    _ = try peer.join()
  }

  @Test func `a certificate that is not trusted, and one for another name, are told by TLS's own error`() throws {
    let (good, other) = (try TestCertificate.good.get(), try TestCertificate.otherName.get())
    for (shown, options, isExpected) in [
      (good, direct, { if case .selfSigned = $0 { true } else { false } }),
      (other, options(other), { if case .hostNameMismatch = $0 { true } else { false } }),
    ] as [(TestCertificate, ConnectOptions, (TLSError) -> Bool)] {
      let peer = try server(shown)
      let error = failure {
        try websocketConnect(url: "wss://localhost:\(peer.port)/", options: options, timeout: patience)
      }
      #expect(error?.connect?.phase == .tls)
      guard case .tls(let failure) = error?.connect?.cause else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(isExpected(failure), "\(failure)")
      #expect(error?.errno == .connectionAbort)
      #expect(error?.description.contains("TLS with localhost:\(peer.port) failed: the peer's certificate") == true)
      _ = try peer.join()
    }
  }

  @Test func `without verification anybody is believed`() throws {
    let peer = try server(try TestCertificate.otherName.get())
    var options = direct
    options.tls.verifiesPeer = false
    let connection = try websocketConnect(url: "wss://localhost:\(peer.port)/", options: options, timeout: patience)
    try connection.close(timeout: patience)
    _ = try peer.join()
  }

  @Test func `a server that says nothing is told as TLS`() throws {
    let error = try timedOut(in: .tls) { timeout in
      let peer = try Peer { try $0.readToEnd() }
      defer { _ = try? peer.join() }
      return failure {
        try websocketConnect(url: "wss://127.0.0.1:\(peer.port)/", options: direct, timeout: timeout)
      }
    }
    #expect(error?.timedOutPhase == .tls)
    #expect(error?.errno == .timedOut)
  }

  @Test func `a server that speaks no TLS is told`() throws {
    let peer = try Peer { socket in
      try socket.write("HTTP/1.1 400 Bad Request\r\n\r\n")
      try socket.readToEnd()
    }
    let error = failure {
      try websocketConnect(url: "wss://127.0.0.1:\(peer.port)/", options: direct, timeout: patience)
    }
    guard case .tls(.protocolError) = error?.connect?.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
    _ = try peer.join()
  }

  @Test func `a redirect leads from ws to wss, and never back`() throws {
    let certificate = try TestCertificate.good.get()
    let secure = try server(certificate)
    let port = secure.port
    let plain = try Peer { socket in
      _ = try socket.readHead()
      try socket.write("HTTP/1.1 301 Moved\r\nLocation: https://localhost:\(port)/\r\nContent-Length: 0\r\n\r\n")
      try socket.readToEnd()
    }
    let options = options(certificate)
    let request = following(5)
    let connection = try websocketConnect(url: plain.url, request: request, options: options, timeout: patience)
    #expect(try echoes(connection))
    let url = connection.url.description
    #expect(url == "wss://localhost:\(port)/")
    try connection.close(timeout: patience)
    _ = try plain.join()
    _ = try secure.join()

    for location in ["ws://localhost:1/", "http://127.0.0.1/x"] {
      let back = try Peer { socket in
        let tls = try tlsAccept(socket, certificate.server, timeout: patience)
        defer { try? tls.close() }
        _ = try tls.readHead()
        try tls.write("HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
        try tls.readToEnd()
      }
      let error = failure {
        try websocketConnect(
          url: "wss://localhost:\(back.port)/", request: request, options: options, timeout: patience)
      }
      #expect(error?.redirectFailure == .insecure(location: location))
      _ = try back.join()
    }
  }

  @Test func `another server is not shown the client's certificate, and has to prove its own name`() throws {
    let certificate = try TestCertificate.good.get()
    let otherCertificate = try TestCertificate("IP:127.0.0.1")
    let serverOptions = asking(certificate, for: certificate)
    let otherOptions = asking(otherCertificate, for: certificate)
    // Whether a certificate was shown.
    let other = try Peer { socket in
      let tls = try tlsAccept(socket, otherOptions, timeout: patience)
      defer { try? tls.close() }
      try serveEcho(tls)
      return tlsInfo(tls)?.peerSubject != nil
    }
    let port = other.port
    let first = try Peer(connections: 2) { socket in
      let tls = try tlsAccept(socket, serverOptions, timeout: patience)
      defer { try? tls.close() }
      let target = try tls.readHead().firstLine.split(separator: " ")[1]
      let location = target == "/" ? "/again" : "wss://127.0.0.1:\(port)/"
      try tls.write("HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n")
      try tls.readToEnd()
      return tlsInfo(tls)?.peerSubject != nil
    }
    var options = options(certificate)
    options.tls.trustRoots = .pem(certificate.certificate + otherCertificate.certificate)
    options.tls.certificate = certificate.server.certificate
    options.tls.hostName = "server.example"
    let connection = try websocketConnect(
      url: "wss://localhost:\(first.port)/", request: following(2), options: options, timeout: patience)
    try connection.close(timeout: patience)
    #expect(try first.join() == [true, true])
    #expect(try other.join() == [false])
  }
}
