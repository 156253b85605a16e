import Glibc
import SampleTestSupport
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTLS

/// The flags that say how to get to the server.
struct WayTests {
  /// A certificate for `localhost` and 127.0.0.1 that is its own authority, in a folder that goes with this object.
  private final class Certificate: Sendable {
    private let folder: TemporaryFolder
    var certificate: String { folder.path + "/cert.pem" }
    var key: String { folder.path + "/key.pem" }

    init() throws {
      guard let openssl = Tool.find("openssl") else { throw TestSupportError("openssl is not installed") }
      folder = try TemporaryFolder("way")
      let made = try ChildProcess.run(
        openssl,
        [
          "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out",
          certificate, "-subj", "/CN=westwind test", "-days", "2", "-addext",
          "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ])
      guard made.status == .exited(0) else { throw TestSupportError("openssl req: \(made.errors)") }
    }

    deinit { folder.remove() }

    var server: TLSServerOptions {
      TLSServerOptions(certificate: TLSCertificate(chain: .file(certificate), privateKey: .file(key)))
    }
  }

  /// An echo server with TLS.
  private func server(_ options: TLSServerOptions) throws -> Peer<Bool> {
    try Peer.socket { socket in
      guard let tls = try? tlsAccept(socket, options, timeout: .seconds(20)) else { return false }
      defer { try? tls.close() }
      try serveEcho(tls)
      return true
    }
  }

  @Test func `wss works with the authority that --ca names, and with --insecure`() throws {
    let certificate = try Certificate()
    for flags in [["--ca", certificate.certificate], ["--insecure"]] {
      let peer = try server(certificate.server)
      let outcome = try Sample.run(
        ["--url", "wss://localhost:\(peer.port)/", "--count", "10", "--proxy", "none"] + flags)
      #expect(outcome.status == .exited(0), "\(outcome.errors)")
      #expect(outcome.output.contains("wss://localhost:\(peer.port)/"))
      #expect(try peer.join())
    }
  }

  @Test func `a certificate that nobody vouches for is refused, with what to do`() throws {
    let certificate = try Certificate()
    let peer = try server(certificate.server)
    let outcome = try Sample.run("--url", "wss://localhost:\(peer.port)/", "--proxy", "none")
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("TLS with localhost:\(peer.port) failed"))
    #expect(outcome.errors.contains("--ca"))
    #expect(try !peer.join())
  }

  @Test func `a machine that trusts nobody says so, and does not blame the server`() throws {
    let certificate = try Certificate()
    let peer = try server(certificate.server)
    let (status, _, errors) = try ChildProcess.run(
      Sample.path, ["--url", "wss://localhost:\(peer.port)/", "--proxy", "none"],
      environment: ["SSL_CERT_FILE": "/nonexistent", "SSL_CERT_DIR": "/nonexistent"])
    #expect(status == .exited(1))
    #expect(errors.contains("0 trusted roots: install ca-certificates"), "\(errors)")
    #expect(errors.contains("with --ca"))
    #expect(try !peer.join())
  }

  @Test func `--pin believes the certificate that it names, and its key, and no other`() throws {
    let certificate = try Certificate()
    let pins = try #require(Tool.find("openssl")).pins(of: certificate.certificate)
    for pin in pins {
      for flags in [["--insecure"], ["--ca", certificate.certificate]] {
        let peer = try server(certificate.server)
        let outcome = try Sample.run(
          ["--url", "wss://localhost:\(peer.port)/", "--count", "3", "--proxy", "none", "--pin", pin] + flags)
        #expect(outcome.status == .exited(0), "\(outcome.errors)")
        #expect(try peer.join())
      }
    }
    let peer = try server(certificate.server)
    let other = "sha256//" + String(repeating: "A", count: 43) + "="
    let outcome = try Sample.run(
      "--url", "wss://localhost:\(peer.port)/", "--proxy", "none", "--insecure", "--pin", other)
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorLines.count == 1)
    // It says what would have been right.
    for pin in pins { #expect(outcome.errors.contains(pin), "\(outcome.errors)") }
    #expect(try !peer.join())
  }

  @Test func `a server that wants a certificate is told what to do`() throws {
    let certificate = try Certificate()
    var options = certificate.server
    options.clientVerification = .required
    options.trustRoots = .file(certificate.certificate)
    let peer = try server(options)
    let outcome = try Sample.run(
      "--url", "wss://localhost:\(peer.port)/", "--ca", certificate.certificate, "--proxy", "none")
    #expect(outcome.status == .exited(1))
    #expect(outcome.errors.contains("certificate required; show one with --cert and --key"), "\(outcome.errors)")
    #expect(try !peer.join())
  }

  @Test func `--cert and --key say who the client is`() throws {
    let certificate = try Certificate()
    var options = certificate.server
    options.clientVerification = .required
    options.trustRoots = .file(certificate.certificate)
    let peer = try server(options)
    let outcome = try Sample.run(
      "--url", "wss://localhost:\(peer.port)/", "--ca", certificate.certificate, "--cert", certificate.certificate,
      "--key", certificate.key, "--count", "3", "--proxy", "none")
    #expect(outcome.status == .exited(0), "\(outcome.errors)")
    #expect(try peer.join())
  }

  @Test func `a file of --ca that is none is the caller's mistake`() throws {
    let peer = try Peer.socket { _ in }
    let outcome = try Sample.run("--url", "wss://localhost:\(peer.port)/", "--ca", "/no/such/file", "--proxy", "none")
    #expect(outcome.status == .exited(2))
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("correct --ca"), "\(outcome.errors)")
    try peer.join()
  }

  @Test func `--proxy goes through a proxy, and the environment's is used where it is not given`() throws {
    for isGiven in [true, false] {
      let proxy = try Peer.socket { socket in
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
          let more = try socket.recv(maxCount: 1, timeout: .seconds(20))
          if more.isEmpty { break }
          head += more
        }
        _ = try socket.send(Array("HTTP/1.1 200 OK\r\n\r\n".utf8))
        try serveEcho(socket)
        return String(decoding: head, as: UTF8.self)
      }
      let (status, _, errors) = try ChildProcess.run(
        Sample.path,
        ["--url", "ws://server.invalid/", "--count", "3"]
          + (isGiven ? ["--proxy", "http://localhost:\(proxy.port)"] : []),
        environment: isGiven ? [:] : ["http_proxy": "http://localhost:\(proxy.port)", "no_proxy": "", "ws_proxy": ""])
      #expect(status == .exited(0), "\(errors)")
      #expect(try proxy.join().hasPrefix("CONNECT server.invalid:80 HTTP/1.1\r\n"))
    }
  }

  @Test func `a proxy that is not there is told as one`() throws {
    let port = try freePort()
    let outcome = try Sample.run("--url", "ws://server.invalid/", "--proxy", "socks5h://127.0.0.1:\(port)")
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("the proxy socks5h://127.0.0.1:\(port) is not there"))
  }

  @Test func `a proxy that wants a password is told as one`() throws {
    let proxy = try Peer.answering(
      "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
    let outcome = try Sample.run("--url", "ws://server.invalid/", "--proxy", "127.0.0.1:\(proxy.port)")
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("the proxy http://127.0.0.1:\(proxy.port) wants a user and a password"))
    _ = try proxy.join()
  }

  @Test func `--unix and ws+unix connect to a socket of the file system`() throws {
    for isFlag in [true, false] {
      let path = "/tmp/westwind-sample-\(getpid())"
      unlink(path)
      defer { unlink(path) }
      let peer = try Peer.socket(at: .unix(path: path)!) { try serveEcho($0) }
      let outcome = try Sample.run(
        isFlag
          ? ["--url", "ws://server.invalid/chat", "--unix", path, "--count", "3"]
          : ["--url", "ws+unix://\(path):/chat", "--count", "3"])
      #expect(outcome.status == .exited(0), "\(outcome.errors)")
      try peer.join()
    }
  }
}

/// Sends back each frame, up to CLOSE.
func serveEcho(_ stream: SocketDescriptor) throws {
  let ws = try websocketUpgrade(stream, timeout: .seconds(20))
  defer { _ = try? websocketDisconnect(ws) }
  while case .binary(let bytes) = try ws.receiveMessage(timeout: .seconds(20)) {
    try ws.sendMsg(bytes, opcode: .binary)
  }
}

extension String {
  /// With the path of the `openssl` command: the pins of a certificate and of its key.
  fileprivate func pins(of file: String) throws -> [String] {
    let commands = [
      "x509 -in \(file) -noout -fingerprint -sha256 | sed 's/.*=/cert:/; s/://2g'",
      "x509 -in \(file) -noout -pubkey | \(self) pkey -pubin -outform DER | \(self) dgst -sha256 -binary | \(self) base64 | sed 's#^#sha256//#'",
    ]
    return try commands.map { command in
      let done = try ChildProcess.run("/bin/sh", ["-c", "\(self) \(command)"])
      return String(done.output.prefix { $0 != "\n" })
    }
  }
}
