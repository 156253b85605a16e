import SystemPackage
import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// Against Python's `ssl`, which is used by people who write servers.
@Suite(.enabled(if: Tool.find("python3") != nil, "python3 is not installed"))
struct PythonTests {
  /// Accepts one connection, asks for a certificate, and gives back what comes, until the client is through.
  private static let server = """
    import socket, ssl, sys
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1] + '/server.pem', sys.argv[1] + '/server.key')
    context.load_verify_locations(sys.argv[1] + '/root.pem')
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(['mqtt'])
    listener = socket.create_server(('127.0.0.1', 0))
    print(listener.getsockname()[1], flush=True)
    tls = context.wrap_socket(listener.accept()[0], server_side=True, suppress_ragged_eofs=False)
    print(tls.version(), tls.selected_alpn_protocol(), dict(x[0] for x in tls.getpeercert()['subject']), flush=True)
    total = 0
    while True:
        data = tls.recv(70000)
        if not data: break
        total += len(data)
        tls.sendall(data)
    print(total, flush=True)
    tls.unwrap()
    """

  @Test(arguments: TLSVersion.allCases)
  func `a Python server echoes megabytes, knows the client, and both ends are orderly`(version: TLSVersion) throws {
    let certificates = try Standard.certificates.get()
    let python = try ChildProcess(Tool.find("python3")!, ["-c", Self.server, certificates.folder])
    defer { python.terminate() }
    let port = try #require(try python.readLine(timeout: .seconds(30)).flatMap { UInt16($0) })
    let socket = try SocketDescriptor.open(.ipv4)
    defer { try? socket.close() }
    try socket.connect(to: .loopback(port: port), timeout: .seconds(20))
    var options = try Standard.client("127.0.0.1")
    options.minimumVersion = version
    options.maximumVersion = version
    options.applicationProtocols = ["mqtt"]
    options.certificate = TLSCertificate(
      chain: .file(certificates.path("client.pem")), privateKey: .file(certificates.path("client.key")))
    let tls = try tlsConnect(socket, options, timeout: .seconds(20))
    let name = version == .tls1_2 ? "TLSv1.2" : "TLSv1.3"
    #expect(try python.readLine() == "\(name) mqtt {'commonName': 'the client'}")
    let bytes = pattern(size: 3_000_001, seed: 8)
    let sender = BlockingThread {
      try tls.send(bytes, timeout: .seconds(60))
      try tls.shutdown(.write)
    }
    #expect(difference(try tls.receiveAll(bytes.count, timeout: .seconds(60)), bytes) == nil)
    try sender.join()
    #expect(try tls.recv(maxCount: 1, timeout: .seconds(20)) == [])
    #expect(try python.readLine() == "\(bytes.count)")
    #expect(try python.waitForExit() == .exited(0))
    try tls.close()
  }
}
