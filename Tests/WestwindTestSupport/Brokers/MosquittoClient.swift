/// What `mosquitto_pub` and `mosquitto_sub` are given to reach a broker. They know TCP and TLS only.
struct MosquittoClient {
  let folder: TemporaryFolder
  let arguments: [String]

  init(
    _ broker: any RealBroker, _ transport: BrokerTransport, version: Int, clientIdentifier: String?
  ) throws(TestSupportError) {
    guard !transport.isWebSocket else { throw TestSupportError("mosquitto's clients know no WebSockets") }
    folder = try TemporaryFolder("mosquitto-client")
    var arguments = ["-h", "127.0.0.1", "-p", "\(broker.port(transport))", "-V", version == 5 ? "5" : "311"]
    if transport.isSecure { arguments += ["--cafile", try folder.write(broker.certificate.certificate, to: "ca.pem")] }
    if let clientIdentifier { arguments += ["-i", clientIdentifier] }
    self.arguments = arguments
  }
}
