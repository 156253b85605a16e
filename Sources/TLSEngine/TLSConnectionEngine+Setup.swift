internal import CWestwindOpenSSL

extension TLSConnectionEngine {
  /// Makes a client's end.
  ///
  /// - Parameters:
  ///   - context: a client's.
  ///   - hostName: whom the peer has to be: a DNS name (in ASCII; a dot at its end is ignored), or an IP address without
  ///     brackets. It is compared with the certificate's subjectAltName, and a name is also sent to the server (SNI, RFC 6066 3).
  ///   - verifiesHostName: off, any certificate of a trusted authority will do, whatever its name.
  ///   - applicationProtocols: ALPN (RFC 7301), the preferred one first.
  ///   - session: one of an earlier connection, to be resumed; see `TLSSession`.
  ///   - onSession: is given each session that can be resumed, from within a call of the engine's.
  ///   - verifier: decides whether the server is accepted. The context's configuration has `hasVerifier` set. It is not asked
  ///     if a session is resumed.
  /// - Precondition: the context is a client's.
  /// - Throws: `badConfiguration`, if the name is missing and would be verified, or cannot be used.
  public static func client(
    _ context: TLSContext, hostName: String?, verifiesHostName: Bool = true, applicationProtocols: [String] = [],
    session: TLSSession? = nil, onSession: (@Sendable (TLSSession) -> Void)? = nil, verifier: TLSVerifier? = nil
  ) throws(TLSFailure<Never>) -> TLSConnectionEngine {
    precondition(context.configuration.side == .client, "a client's end needs a client's context")
    let isVerified = context.configuration.verification != .none && verifiesHostName
    let name = try PeerName(hostName, isRequired: isVerified)
    precondition((verifier != nil) == context.configuration.hasVerifier, "hasVerifier says whether there is a verifier")
    let callbacks = SSLCallbacks(context, expected: hostName ?? "", verifier: verifier, onSession: onSession)
    let engine = try make(context, callbacks: callbacks)
    if let name { try engine.setPeerName(name, isVerified: isVerified) }
    let protocols = try encodedProtocols(applicationProtocols)
    // Sound: OpenSSL copies the list. It returns 0 if all is well.
    guard unsafe protocols.isEmpty || SSL_set_alpn_protos(engine.ssl, protocols, UInt32(protocols.count)) == 0 else {
      throw .badConfiguration("the application protocols cannot be used")
    }
    if let session { engine.resume(session) }
    return engine
  }

  /// Makes a server's end.
  ///
  /// - Parameters:
  ///   - context: a server's.
  ///   - applicationProtocols: ALPN (RFC 7301), the preferred one first: the first that the client offers too is taken. A
  ///     client that offers none of them is refused; one that does not use ALPN is not.
  ///   - verifier: decides whether a client with a certificate is accepted. The context's configuration has `hasVerifier` set.
  /// - Precondition: the context is a server's.
  /// - Throws: `badConfiguration`, if the protocols cannot be used.
  public static func server(
    _ context: TLSContext, applicationProtocols: [String] = [], verifier: TLSVerifier? = nil
  ) throws(TLSFailure<Never>) -> TLSConnectionEngine {
    precondition(context.configuration.side == .server, "a server's end needs a server's context")
    precondition((verifier != nil) == context.configuration.hasVerifier, "hasVerifier says whether there is a verifier")
    let callbacks = SSLCallbacks(context, protocols: try encodedProtocols(applicationProtocols), verifier: verifier)
    return try make(context, callbacks: callbacks)
  }

  /// Offers an earlier session, as `session` of `client` does. Before the handshake.
  package func resume(_ session: TLSSession) {
    unsafe SSL_set_session(ssl, session.pointer)
  }

  /// The name that is verified for `hostName`: without a dot at its end.
  package static func verifiedName(_ hostName: String) -> String {
    guard hostName.utf8.last == UInt8(ascii: ".") else { return hostName }
    let name = String(hostName.dropLast())
    // What is an address without the dot is a name with it.
    return isAddress(name) ? hostName : name
  }

  private func setPeerName(_ name: PeerName, isVerified: Bool) throws(TLSFailure<Never>) {
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
private enum PeerName: CustomStringConvertible {
  case host(String)
  case address(String)

  /// - Parameter isRequired: without a name there would be nothing to verify.
  init?(_ hostName: String?, isRequired: Bool) throws(TLSFailure<Never>) {
    guard var name = hostName, !name.isEmpty else {
      guard !isRequired else {
        throw .badConfiguration("hostName is missing: without it anybody with a certificate would be believed")
      }
      return nil
    }
    guard !name.utf8.contains(0) else { throw .badConfiguration("hostName has NUL in it") }
    // OpenSSL would take every name below it.
    guard name.utf8.first != UInt8(ascii: ".") else { throw .badConfiguration("hostName begins with a dot") }
    if isAddress(name) {
      self = .address(name)
      return
    }
    if name.utf8.last == UInt8(ascii: ".") { name.removeLast() }
    // RFC 1035 2.3.4
    guard !name.isEmpty, name.utf8.count <= 253 else { throw .badConfiguration("hostName is no name of a host") }
    self = .host(name)
  }

  var description: String {
    switch self {
    case .host(let name), .address(let name): name
    }
  }
}

/// Returns whether a text is an IPv4 address in decimal, or an IPv6 address without a zone.
private func isAddress(_ text: String) -> Bool {
  if text.utf8.contains(UInt8(ascii: ":")) {
    guard let address = unsafe a2i_IPADDRESS(text) else { return false }
    unsafe ASN1_OCTET_STRING_free(address)
    return true
  }
  // OpenSSL would take spaces, signs and leading zeros as well.
  let numbers = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
  return numbers.count == 4
    && numbers.allSatisfy { number in
      let isDecimal = number.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard isDecimal, (1...3).contains(number.count), number.count == 1 || number.first != UInt8(ascii: "0") else {
        return false
      }
      return number.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= 255
    }
}

/// RFC 7301 3.1: each name behind a byte that is its length.
private func encodedProtocols(_ names: [String]) throws(TLSFailure<Never>) -> [UInt8] {
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
