import PerMessageDeflate
import WestwindSockets
import WestwindTestCertificates
import WestwindTestSupport

/// An echo server that was not written here, running as a child of the test.
struct Peer {
  /// The servers that the tests know, and whether this machine has them.
  enum Kind: String, Codable, Sendable {
    case websockets
    case libwebsockets
    case websocketd
    /// With TLS, in front of `websockets`.
    case nginx

    var isInstalled: Bool { program != nil && (self != .nginx || peerPython != nil) }

    /// The program to start.
    fileprivate var program: String? {
      switch self {
      case .websockets: peerPython
      case .libwebsockets: peerProgram("lws-echo")
      case .websocketd: Tool.find("cat") == nil ? nil : Tool.find("websocketd")
      // It is where only root's PATH leads.
      case .nginx: Tool.find("nginx") ?? Tool.find("nginx", in: "/usr/sbin")
      }
    }
  }

  private let process: ChildProcess
  let port: UInt16
  /// What it shows, where it speaks TLS.
  private(set) var certificate: TestCertificate?
  /// What else is to be ended and removed with it.
  private var backend: ChildProcess?
  private var folder: TemporaryFolder?

  /// Starts a server on a free loopback port and waits until it listens.
  ///
  /// - Parameters:
  ///   - isSecure: it is to speak TLS; nginx always does.
  ///   - compression: what it is to agree to, where it knows of that; nil for none.
  init(_ kind: Kind, isSecure: Bool = false, compression: PerMessageDeflateParameters? = nil) throws {
    guard let program = kind.program else {
      throw TestSupportError("\(kind) is not installed; run Scripts/prepare --tests")
    }
    switch kind {
    case .websockets:
      self = try Peer(websockets: program, isSecure: isSecure, compression)
    case .libwebsockets:
      self = try Peer(printingItsPort: ChildProcess(program))
    case .websocketd:
      // It cannot let the kernel choose the port.
      self = try Peer(onFreePort: "websocketd") { port in
        try ChildProcess(
          program,
          ["--port=\(port)", "--address=127.0.0.1", "--binary=true", "--loglevel=fatal", "cat"],
          standardError: .discarded)
      }
    case .nginx:
      self = try Peer(nginx: program)
    }
  }

  /// Ends the server. Throws if it had ended by itself.
  func stop() throws {
    let early = process.exitStatus()
    terminate()
    if let early { throw TestSupportError("the peer did not live to the end of the test: \(early)") }
  }

  /// Ends the server, whatever it does. May be called again.
  func terminate() {
    process.terminate()
    backend?.terminate()
    folder?.remove()
  }

  private init(websockets program: String, isSecure: Bool, _ compression: PerMessageDeflateParameters?) throws {
    let parameters = compression?.arguments ?? []
    let script = packageRoot + "/Tests/Peers/websockets_echo.py"
    guard isSecure else {
      self = try Peer(printingItsPort: ChildProcess(program, [script] + parameters))
      return
    }
    let folder = try TemporaryFolder("peer")
    let certificate = try TestCertificate.good.get()
    let pem = try folder.write(certificate.key + certificate.certificate, to: "server.pem")
    self = try Peer(printingItsPort: ChildProcess(program, [script, "--tls", pem] + parameters))
    (self.folder, self.certificate) = (folder, certificate)
  }

  private init(printingItsPort process: ChildProcess) throws {
    guard let line = try process.readLine(timeout: .seconds(20)), let port = UInt16(line) else {
      throw TestSupportError("the peer printed no port")
    }
    self.process = process
    self.port = port
  }

  // Between our asking for a free port and the server's listening another process may take it; the server then ends, and
  // we try again.
  init(onFreePort name: String, _ start: (UInt16) throws -> ChildProcess) throws {
    for _ in 1...10 {
      let port = try freePort()
      let process = try start(port)
      let deadline = ContinuousClock.now + .seconds(10)
      while process.exitStatus() == nil, .now < deadline {
        if accepts(port), (try? process.waitForExit(timeout: .milliseconds(50))) == nil {
          self.process = process
          self.port = port
          return
        }
      }
      process.terminate()
    }
    throw TestSupportError("\(name) does not start")
  }
}

extension Peer {
  /// nginx with TLS, which passes all on to a `websockets` server.
  fileprivate init(nginx program: String) throws {
    let behind = try Peer(.websockets)
    let folder = try TemporaryFolder("peer")
    let certificate = try TestCertificate.good.get()
    let pem = try folder.write(certificate.key + certificate.certificate, to: "server.pem")
    do {
      self = try Peer(onFreePort: "nginx") { port in
        let configuration = nginxConfiguration(port: port, pem: pem, passingTo: behind.port)
        let file = try folder.write(configuration, to: "nginx.conf")
        return try ChildProcess(program, ["-e", "stderr", "-p", folder.path, "-c", file])
      }
    } catch {
      behind.terminate()
      folder.remove()
      throw error
    }
    (self.folder, self.certificate, self.backend) = (folder, certificate, behind.process)
  }
}

/// One process, which ends with its identifier, and keeps all that it writes in its folder.
private func nginxConfiguration(port: UInt16, pem: String, passingTo backend: UInt16) -> String {
  """
  daemon off;
  master_process off;
  pid nginx.pid;
  error_log stderr crit;
  events {}
  http {
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
      listen 127.0.0.1:\(port) ssl;
      ssl_certificate \(pem);
      ssl_certificate_key \(pem);
      ssl_protocols TLSv1.2 TLSv1.3;
      location / {
        proxy_pass http://127.0.0.1:\(backend);
        proxy_http_version 1.1;
        proxy_set_header Upgrade $http_upgrade;
        proxy_set_header Connection upgrade;
        proxy_read_timeout 600s;
      }
    }
  }

  """
}

private func accepts(_ port: UInt16) -> Bool {
  guard let socket = try? SocketDescriptor.open(.ipv4) else { return false }
  defer { try? socket.close() }
  return (try? socket.connect(to: .loopback(port: port), timeout: .seconds(1))) != nil
}
