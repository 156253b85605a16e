import Testing
import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// A server of TLS 1.3 that asks who the client is when it has seen what it wants (RFC 8446 4.6.2), as Apache does whose
/// `SSLVerifyClient` stands in a `<Location>`. Ours is the client, Python's `ssl` the server.
@Suite(.enabled(if: Tool.find("python3") != nil, "python3 is not installed"))
struct PostHandshakeTests {
  /// Reads a line, asks for a certificate, reads another line, and says who the client is.
  private static let server = """
    import socket, ssl, sys
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1] + '/server.pem', sys.argv[1] + '/server.key')
    context.load_verify_locations(sys.argv[1] + '/root.pem')
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.post_handshake_auth = True
    context.verify_mode = ssl.CERT_OPTIONAL
    listener = socket.create_server(('127.0.0.1', 0))
    print(listener.getsockname()[1], flush=True)
    tls = context.wrap_socket(listener.accept()[0], server_side=True, suppress_ragged_eofs=False)
    print(len(tls.recv(5)), tls.getpeercert(), flush=True)
    try: tls.verify_client_post_handshake()
    except ssl.SSLError as error: print(error.reason, flush=True)
    tls.sendall(b'asked')
    print(len(tls.recv(5)), flush=True)
    print(dict(x[0] for x in (tls.getpeercert() or {'subject': ()})['subject']), flush=True)
    tls.unwrap()
    """

  @Test(arguments: [true, false])
  func `a server that asks after the handshake is shown the certificate`(hasCertificate: Bool) throws {
    let certificates = try Standard.certificates.get()
    let python = try ChildProcess(Tool.find("python3")!, ["-c", Self.server, certificates.folder])
    defer { python.terminate() }
    let port = try #require(try python.readLine(timeout: .seconds(30)).flatMap { UInt16($0) })
    let socket = try SocketDescriptor.open(.ipv4)
    defer { try? socket.close() }
    try socket.connect(to: .loopback(port: port), timeout: .seconds(20))
    var options = try Standard.client("127.0.0.1")
    if hasCertificate {
      options.certificate = TLSCertificate(
        chain: .file(certificates.path("client.pem")), privateKey: .file(certificates.path("client.key")))
    }
    let tls = try tlsConnect(socket, options, timeout: .seconds(20))
    try tls.send(Array("first".utf8))
    #expect(try python.readLine() == "5 None")
    // Who has nothing to show does not say that it could be asked.
    if !hasCertificate { #expect(try python.readLine() == "EXTENSION_NOT_RECEIVED") }
    #expect(try tls.receiveAll(5) == Array("asked".utf8))
    try tls.send(Array("after".utf8))
    #expect(try python.readLine() == "5")
    #expect(try python.readLine() == (hasCertificate ? "{'commonName': 'the client'}" : "{}"))
    #expect(try tls.recv(maxCount: 1, timeout: .seconds(20)) == [])
    try tls.close()
  }
}
