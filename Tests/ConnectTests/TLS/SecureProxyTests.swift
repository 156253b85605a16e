import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTLS
import WestwindTestCertificates
import WestwindTestSupport

/// TLS to a proxy, and TLS through one.
struct SecureProxyTests {
  /// Takes CONNECT on a stream, and then is the server as well.
  private func tunnel(_ stream: SocketDescriptor) throws -> String {
    let head = try stream.readHead()
    try stream.write("HTTP/1.1 200 OK\r\n\r\n")
    return head.firstLine
  }

  private func echoWithTLS(over stream: SocketDescriptor, _ certificate: TestCertificate) throws {
    let tls = try tlsAccept(stream, certificate.server, timeout: patience)
    defer { try? tls.close() }
    try serveEcho(tls)
  }

  @Test func `wss goes through an HTTP proxy, and the server's name is what counts`() throws {
    let certificate = try TestCertificate.good.get()
    let proxy = try Peer { socket in
      let line = try tunnel(socket)
      try echoWithTLS(over: socket, certificate)
      return line
    }
    var options = through("http://127.0.0.1:\(proxy.port)")
    options.tls = certificate.client
    let connection = try websocketConnect(url: "wss://server.example/", options: options, timeout: patience)
    #expect(try echoes(connection))
    try connection.close(timeout: patience)
    #expect(try proxy.join() == ["CONNECT server.example:443 HTTP/1.1"])
  }

  @Test func `wss goes through an https proxy: TLS inside TLS`() throws {
    let certificate = try TestCertificate.good.get()
    let proxy = try Peer { socket in
      let outer = try tlsAccept(socket, certificate.server, timeout: patience)
      defer { try? outer.close() }
      let line = try tunnel(outer)
      try echoWithTLS(over: outer, certificate)
      return line
    }
    var options = through("https://localhost:\(proxy.port)")
    options.tls = certificate.client
    options.proxyTLS = certificate.client
    let connection = try websocketConnect(url: "wss://server.example/", options: options, timeout: patience)
    #expect(try echoes(connection))
    // More than one record of either layer.
    let large = [UInt8](repeating: 7, count: 300_000)
    let descriptor = connection.descriptor
    let sender = BlockingThread { try descriptor.sendMsg(large, opcode: .binary, timeout: patience) }
    let back = try descriptor.receiveMessage(timeout: patience).binary
    #expect(equal(back, large))
    _ = try sender.join()
    try connection.close(timeout: patience)
    #expect(try proxy.join() == ["CONNECT server.example:443 HTTP/1.1"])
  }

  @Test func `ws goes through an https proxy`() throws {
    let certificate = try TestCertificate.good.get()
    let proxy = try Peer { socket in
      let tls = try tlsAccept(socket, certificate.server, timeout: patience)
      defer { try? tls.close() }
      _ = try tunnel(tls)
      try serveEcho(tls)
    }
    var options = through("https://127.0.0.1:\(proxy.port)")
    options.proxyTLS = certificate.client
    let connection = try websocketConnect(url: "ws://server.example/", options: options, timeout: patience)
    #expect(try echoes(connection))
    try connection.close(timeout: patience)
    _ = try proxy.join()
  }

  @Test func `a proxy's bad certificate is the proxy's failure, and a server's behind it the server's`() throws {
    let certificate = try TestCertificate.good.get()
    let bad = try Peer { socket in
      _ = try? tlsAccept(socket, certificate.server, timeout: patience)
      return
    }
    let error = failure {
      try websocketConnect(
        url: "ws://server.example/", options: through("https://localhost:\(bad.port)"), timeout: patience)
    }
    #expect(error?.connect?.phase == .proxy)
    #expect(error?.connect?.target == "https://localhost:\(bad.port)")
    guard case .tls(.selfSigned) = error?.connect?.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
    _ = try bad.join()

    let proxy = try Peer { socket in
      _ = try tunnel(socket)
      _ = try? tlsAccept(socket, certificate.server, timeout: patience)
      return
    }
    let behind = failure {
      try websocketConnect(
        url: "wss://server.example/", options: through("http://127.0.0.1:\(proxy.port)"), timeout: patience)
    }
    #expect(behind?.connect?.phase == .tls)
    #expect(behind?.connect?.target == "server.example")
    _ = try proxy.join()
  }

  @Test func `an https proxy of TLS 1.3 that wants a certificate says so`() throws {
    let certificate = try TestCertificate.good.get()
    var proxyOptions = certificate.server
    proxyOptions.trustRoots = .pem(certificate.certificate)
    proxyOptions.clientVerification = .required
    let proxy = try Peer { [proxyOptions] socket in
      _ = try? tlsAccept(socket, proxyOptions, timeout: patience)
    }
    var options = through("https://localhost:\(proxy.port)")
    options.proxyTLS = certificate.client
    let error = failure { try websocketConnect(url: "ws://server.example/", options: options, timeout: patience) }
    #expect(error?.connect?.phase == .proxy)
    #expect(error?.connect?.target == "https://localhost:\(proxy.port)")
    guard case .tls(.alert(116, name: "certificate required")) = error?.connect?.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
    _ = try proxy.join()
  }

  @Test func `through an https proxy, a server of TLS 1.3 that wants a certificate says so`() throws {
    let certificate = try TestCertificate.good.get()
    var serverOptions = certificate.server
    serverOptions.trustRoots = .pem(certificate.certificate)
    serverOptions.clientVerification = .required
    let proxy = try Peer { [serverOptions] socket in
      let outer = try tlsAccept(socket, certificate.server, timeout: patience)
      defer { try? outer.close() }
      _ = try tunnel(outer)
      _ = try? tlsAccept(outer, serverOptions, timeout: patience)
    }
    var options = through("https://localhost:\(proxy.port)")
    options.tls = certificate.client
    options.proxyTLS = certificate.client
    let error = failure { try websocketConnect(url: "wss://server.example/", options: options, timeout: patience) }
    #expect(error?.connect?.phase == .tls)
    guard case .tls(.alert(116, name: "certificate required")) = error?.connect?.cause else {
      Issue.record("\(String(describing: error))")
      return
    }
    _ = try proxy.join()
  }

  @Test func `an https proxy that says nothing is told as the proxy, and a server behind one as TLS`() throws {
    let error = try timedOut(in: .proxy) { timeout in
      let silent = try Peer { try $0.readToEnd() }
      defer { _ = try? silent.join() }
      return failure {
        try websocketConnect(
          url: "wss://server.example/", options: through("https://127.0.0.1:\(silent.port)"), timeout: timeout)
      }
    }
    #expect(error?.timedOutPhase == .proxy)

    let behind = try timedOut(in: .tls) { timeout in
      let proxy = try Peer { socket in
        _ = try tunnel(socket)
        try socket.readToEnd()
      }
      defer { _ = try? proxy.join() }
      return failure {
        try websocketConnect(
          url: "wss://server.example/", options: through("http://127.0.0.1:\(proxy.port)"), timeout: timeout)
      }
    }
    #expect(behind?.timedOutPhase == .tls)
  }
}
