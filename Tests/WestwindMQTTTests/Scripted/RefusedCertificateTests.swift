import Testing
import WestwindMQTT
import WestwindSockets
import WestwindTLS
import WestwindTestCertificates
import WestwindTestSupport

/// A broker of TLS 1.3 that refuses the client's certificate does so when TLS is set up for the client: its alert comes with
/// the first read.
@Suite(.timeLimit(.minutes(5)))
struct RefusedCertificateTests {
  @Test(arguments: [true, false])
  func `a broker of TLS 1.3 that refuses the client says why`(hasCertificate: Bool) throws {
    let (good, other) = (try TestCertificate.good.get(), try TestCertificate.otherName.get())
    var broker = good.server
    broker.trustRoots = .pem(good.certificate)
    broker.clientVerification = .required
    let listener = try SocketDescriptor.open(.ipv4)
    defer { try? listener.close() }
    try listener.bind(to: .loopback(port: 0))
    try listener.listen()
    let accepting = BlockingThread { [broker] in
      let socket = try listener.accept(timeout: .seconds(30))
      defer { try? socket.close() }
      _ = try? tlsAccept(socket, broker, timeout: .seconds(30))
    }
    var options = ConnectOptions()
    options.proxy = .none
    options.tls = good.client
    if hasCertificate { options.tls.certificate = other.server.certificate }
    let port = try #require(try listener.getsockname().port)
    let client = MQTTClient(
      MQTTConfiguration(clientIdentifier: "ours"), transport: .tls(host: "localhost", port: port, options: options)
    ) { _, _ in }
    do {
      try client.connect(timeout: .seconds(30))
      // TLS is there, as far as the client knows.
      #expect(client.tlsInfo?.version == .tls1_3)
      #expect(client.tlsInfo?.peerCertificate?.subject == "CN=westwind test")
      while let descriptor = client.descriptor {
        var entries = [PollEntry(descriptor, .readable)]
        try #require(try SocketDescriptor.poll(&entries, timeout: .seconds(30)) == 1)
        try client.input()
      }
      Issue.record("the broker accepts everybody")
    } catch let error as MQTTError {
      let number: UInt8 = hasCertificate ? 48 : 116
      guard case .transport(.connect(let refusal)) = error, case .tls(.alert(number, name: _)) = refusal.cause else {
        Issue.record("\(error)")
        return
      }
      #expect(refusal.phase == .tls && refusal.target == "localhost:\(port)")
    }
    #expect(client.tlsInfo == nil)
    try accepting.join()
  }
}
