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

  @Test(arguments: TLSVersion.allCases)
  func `a server that wants a certificate says so, in TLS 1.3 too`(version: TLSVersion) throws {
    let (good, other) = (try TestCertificate.good.get(), try TestCertificate.otherName.get())
    for (shown, number) in [(nil, version == .tls1_3 ? 116 : 40), (other, 48)] as [(TestCertificate?, UInt8)] {
      var serverOptions = asking(good, for: good)
      serverOptions.clientVerification = .required
      serverOptions.minimumVersion = version
      serverOptions.maximumVersion = version
      let peer = try Peer { [serverOptions] socket in
        _ = try? tlsAccept(socket, serverOptions, timeout: patience)
      }
      var options = options(good)
      options.tls.certificate = shown?.server.certificate
      let error = failure {
        try websocketConnect(url: "wss://localhost:\(peer.port)/", options: options, timeout: patience)
      }
      #expect(error?.connect?.phase == .tls)
      #expect(error?.connect?.target == "localhost:\(peer.port)")
      guard case .tls(.alert(number, let name)) = error?.connect?.cause else {
        Issue.record("\(String(describing: error))")
        return
      }
      // Also where the alert says no more than that the handshake has failed.
      if shown == nil { #expect(name.contains("certificate")) }
      _ = try peer.join()
    }
  }

  @Test func `a refusal is told also if the request cannot be sent any more`() throws {
    let good = try TestCertificate.good.get()
    var serverOptions = asking(good, for: good)
    serverOptions.clientVerification = .required
    let peer = try Peer { [serverOptions] socket in
      _ = try? tlsAccept(socket, serverOptions, timeout: patience)
    }
    let socket = try SocketDescriptor.open(.ipv4)
    defer { try? socket.close() }
    try socket.connect(to: peer.address, timeout: patience)
    let tls = try tlsConnect(socket, good.client(for: "localhost"), timeout: patience)
    defer { try? tls.close() }
    _ = try peer.join()
    // The server has gone: what is sent resets the connection, and then nothing can be.
    let deadline = Deadline(patience)
    while (try? tls.send([1], timeout: patience)) != nil { try #require(!deadline.hasPassed) }
    let error = failure {
      try websocketConnect(tls, WebSocketRequest(host: "localhost", url: "/"), timeout: patience)
    }
    guard case .handshake(let why) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(why.cause == .tls(.alert(116, name: "certificate required")))
  }

  @Test func `over a socket of the caller's, TLS's refusal is the handshake's cause`() throws {
    let good = try TestCertificate.good.get()
    var serverOptions = asking(good, for: good)
    serverOptions.clientVerification = .required
    let peer = try Peer { [serverOptions] socket in
      _ = try? tlsAccept(socket, serverOptions, timeout: patience)
    }
    let socket = try SocketDescriptor.open(.ipv4)
    defer { try? socket.close() }
    try socket.connect(to: peer.address, timeout: patience)
    let tls = try tlsConnect(socket, good.client(for: "localhost"), timeout: patience)
    defer { try? tls.close() }
    let error = failure {
      try websocketConnect(tls, WebSocketRequest(host: "localhost", url: "/"), timeout: patience)
    }
    guard case .handshake(let why) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(why.cause == .tls(.alert(116, name: "certificate required")))
    #expect("\(why)".contains("certificate required"))
    _ = try peer.join()
  }

  @Test(arguments: TLSVersion.allCases) func `a connection tells what TLS agreed on`(version: TLSVersion) throws {
    let certificate = try TestCertificate.good.get()
    let peer = try server(certificate)
    var options = options(certificate)
    options.tls.minimumVersion = version
    options.tls.maximumVersion = version
    let connection = try websocketConnect(
      url: "wss://localhost:\(peer.port)/", options: options, timeout: patience)
    let (facts, descriptor) = (connection.tls, connection.descriptor.descriptor)
    let info = try #require(facts)
    #expect(info.version == version && !info.isResumed && info.lastError == nil && info.applicationProtocol == nil)
    #expect(info.cipherSuite?.hasPrefix("TLS_") == true)
    #expect(info.peerCertificate?.subject == "CN=westwind test" && info.peerSubject == "CN=westwind test")
    // The same, of the WebSocket's own descriptor.
    #expect(tlsInfo(descriptor) == info)
    try connection.close(code: .normal, timeout: patience)
    _ = try peer.join()
    // By its pin it is known again.
    let again = try server(certificate)
    options.tls.pins = [info.peerCertificate!.publicKeyPin]
    let second = try websocketConnect(url: "wss://localhost:\(again.port)/", options: options, timeout: patience)
    try second.close(code: .normal, timeout: patience)
    _ = try again.join()
  }

  @Test func `a WebSocket without TLS tells nothing of it`() throws {
    let peer = try Peer { try serveEcho($0) }
    let connection = try websocketConnect(url: "ws://localhost:\(peer.port)/", options: direct, timeout: patience)
    let (facts, descriptor) = (connection.tls, connection.descriptor.descriptor)
    #expect(facts == nil && tlsInfo(descriptor) == nil)
    try connection.close(timeout: patience)
    _ = try peer.join()
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
