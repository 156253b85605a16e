import WestwindSockets
import WestwindTLS
import WestwindTestSupport

/// TLS sockets with options and credentials by tag, as the tests use them.
enum ZephyrSockets {
  /// Tags of these tests; the store is the process's.
  static let rootTag: CInt = 4001
  static let serverTag: CInt = 4002

  /// The credentials are entered once.
  static let credentials: Result<Void, any Error> = Result {
    let certificates = try Standard.certificates.get()
    try tlsCredentialAdd(rootTag, .caCertificate, try certificates.bytes("root.pem") + [0])
    try tlsCredentialAdd(serverTag, .serverCertificate, try certificates.bytes("server.pem"))
    try tlsCredentialAdd(serverTag, .privateKey, try certificates.bytes("server.key"))
  }

  static func listener(tag: CInt = serverTag) throws -> SocketDescriptor {
    let listener = try SocketDescriptor.open(.ipv4, .stream, .tls1_2)
    try listener.setOption(.securityTagList, [tag])
    try listener.bind(to: .loopback(port: 0))
    try listener.listen()
    return listener
  }

  static func client(hostName: String? = "localhost", tag: CInt = rootTag) throws -> SocketDescriptor {
    let client = try SocketDescriptor.open(.ipv4, .stream, .tls1_2)
    try client.setOption(.securityTagList, [tag])
    if let hostName { try client.setOption(.hostName, bytes: Array(hostName.utf8)) }
    return client
  }
}

extension SocketDescriptor {
  func setOption(_ option: TLSSocketOption, bytes: [UInt8]) throws {
    try setsockopt(level: TLSSocketOption.level, name: option.rawValue, value: bytes.span.bytes)
  }

  func setOption(_ option: TLSSocketOption, _ numbers: [CInt]) throws {
    try setsockopt(level: TLSSocketOption.level, name: option.rawValue, value: numbers.span.bytes)
  }

  func getOption(_ option: TLSSocketOption) throws -> CInt {
    try getsockopt(level: TLSSocketOption.level, name: option.rawValue)
  }
}
