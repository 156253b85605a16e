internal import CWestwindOpenSSL
internal import WestwindSockets

extension Engine {
  /// - Parameters:
  ///   - peer: the server's address, where it has one: a server on another port is another.
  ///   - isLenient: what is wrong with the certificate is noted, and ends nothing.
  static func client(
    _ options: TLSOptions, peer: String?, isLenient: Bool = false
  ) throws(TLSError) -> Engine {
    let key = try ContextKey(options)
    let name = try options.peerName()
    let sessionKey = SessionKey(
      context: key, hostName: name.map { "\($0)" }, verifiesHostName: options.verifiesHostName, isLenient: isLenient,
      applicationProtocols: options.applicationProtocols, peer: peer)
    let hooks = Hooks(
      sessions: options.sessions, sessionKey: options.sessions == nil ? nil : sessionKey, protocols: [],
      isLenient: isLenient)
    let engine = try Engine.make(Context.shared(key), hooks: hooks, expected: options.hostName ?? "")
    if let name { try engine.setPeerName(name, isVerified: options.verifiesPeer && options.verifiesHostName) }
    let protocols = try encodedProtocols(options.applicationProtocols)
    // Sound: OpenSSL copies the list. It gives 0 where all is well.
    guard unsafe protocols.isEmpty || SSL_set_alpn_protos(engine.ssl, protocols, UInt32(protocols.count)) == 0 else {
      throw .badConfiguration("the application protocols cannot be used")
    }
    if let session = options.sessions?.take(for: sessionKey) { unsafe SSL_set_session(engine.ssl, session.pointer) }
    return engine
  }

  static func server(_ options: TLSServerOptions, isLenient: Bool = false) throws(TLSError) -> Engine {
    let hooks = Hooks(
      sessions: nil, sessionKey: nil, protocols: try encodedProtocols(options.applicationProtocols),
      isLenient: isLenient)
    return try Engine.make(Context.shared(ContextKey(options, isLenient: isLenient)), hooks: hooks, expected: "")
  }

  private func setPeerName(_ name: PeerName, isVerified: Bool) throws(TLSError) {
    // SNI has no addresses (RFC 6066 3).
    if case .host(let host) = name {
      guard unsafe co_set_host_name(ssl, host) == 1 else { throw .badConfiguration("\(host) is not a host name") }
    }
    guard isVerified else { return }
    let parameters = unsafe SSL_get0_param(ssl)
    let isSet: Bool
    switch name {
    case .host(let host):
      // RFC 9525 6.3: names in subjectAltName only, and a wildcard stands for a whole label.
      let flags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS) | UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
      unsafe X509_VERIFY_PARAM_set_hostflags(parameters, flags)
      isSet = unsafe X509_VERIFY_PARAM_set1_host(parameters, host, host.utf8.count) == 1
    case .address(let address):
      isSet = unsafe X509_VERIFY_PARAM_set1_ip_asc(parameters, address) == 1
    }
    guard isSet else { throw .badConfiguration("\(name) cannot be verified") }
  }
}

/// Whom the peer has to be.
enum PeerName: CustomStringConvertible {
  case host(String)
  case address(String)

  var description: String {
    switch self {
    case .host(let name), .address(let name): name
    }
  }
}

extension TLSOptions {
  fileprivate func peerName() throws(TLSError) -> PeerName? {
    guard var name = hostName, !name.isEmpty else {
      if verifiesPeer, verifiesHostName {
        throw .badConfiguration("hostName is missing: without it anybody with a certificate would be believed")
      }
      return nil
    }
    guard !name.utf8.contains(0) else { throw .badConfiguration("hostName has NUL in it") }
    // OpenSSL would take every name below it.
    guard name.utf8.first != UInt8(ascii: ".") else { throw .badConfiguration("hostName begins with a dot") }
    if SocketAddress.ipv4(name, port: 0) != nil || SocketAddress.ipv6(name, port: 0) != nil { return .address(name) }
    if name.utf8.last == UInt8(ascii: ".") { name.removeLast() }
    // RFC 1035 2.3.4
    guard !name.isEmpty, name.utf8.count <= 253 else { throw .badConfiguration("hostName is no name of a host") }
    return .host(name)
  }
}

/// RFC 7301 3.1: each name behind a byte that is its length.
private func encodedProtocols(_ names: [String]) throws(TLSError) -> [UInt8] {
  var bytes: [UInt8] = []
  for name in names {
    guard (1...255).contains(name.utf8.count) else {
      throw .badConfiguration("an application protocol's name has 1 to 255 bytes")
    }
    bytes.append(UInt8(name.utf8.count))
    bytes += name.utf8
  }
  guard bytes.count <= 65535 else { throw .badConfiguration("there are too many application protocols") }
  return bytes
}
