internal import CWestwindOpenSSL
internal import TLSEngine
internal import WestwindSockets

extension TLSConnectionEngine {
  /// - Parameters:
  ///   - peer: the server's address, if it has one: a server on another port is another.
  ///   - isLenient: certificates that are not good are noted, and do not end the handshake.
  static func client(
    _ options: TLSOptions, peer: String?, isLenient: Bool = false
  ) throws(TLSError) -> TLSConnectionEngine {
    let configuration = try TLSContext.Configuration(options, isLenient: isLenient)
    let context = try ContextCache.context(configuration)
    return try asTLSError { () throws(TLSFailure<Never>) in
      guard let sessions = options.sessions else {
        return try client(
          context, hostName: options.hostName, verifiesHostName: options.verifiesHostName,
          applicationProtocols: options.applicationProtocols)
      }
      let key = SessionKey(
        context: configuration, hostName: options.hostName.map { verifiedName($0) },
        verifiesHostName: options.verifiesHostName,
        applicationProtocols: options.applicationProtocols, peer: peer)
      let engine = try client(
        context, hostName: options.hostName, verifiesHostName: options.verifiesHostName,
        applicationProtocols: options.applicationProtocols
      ) { session in sessions.put(session, for: key) }
      // Last: one of TLS 1.3 is used up by that.
      if let session = sessions.take(for: key) { engine.resume(session) }
      return engine
    }
  }

  static func server(_ options: TLSServerOptions, isLenient: Bool = false) throws(TLSError) -> TLSConnectionEngine {
    let context = try ContextCache.context(TLSContext.Configuration(options, isLenient: isLenient))
    return try asTLSError { () throws(TLSFailure<Never>) in
      try server(context, applicationProtocols: options.applicationProtocols)
    }
  }
}

/// Runs a call of the engine's, whose failures are the shell's, too.
func asTLSError<R: ~Copyable>(_ body: () throws(TLSFailure<Never>) -> R) throws(TLSError) -> R {
  do throws(TLSFailure<Never>) {
    return try body()
  } catch {
    throw TLSError(error)
  }
}

extension TLSContext.Configuration {
  fileprivate init(_ options: TLSOptions, isLenient: Bool) throws(TLSError) {
    self.init(.client, verification: options.verifiesPeer ? .required : .none)
    self.isLenient = isLenient
    if options.verifiesPeer {
      trustRoots = try options.trustRoots.bytes()
      for list in options.revocationLists { revocationLists.append(try list.bytes()) }
    }
    chain = try options.certificate?.chain.bytes()
    privateKey = try options.certificate?.privateKey.bytes()
    minimumVersion = options.minimumVersion
    maximumVersion = options.maximumVersion
    cipherList = options.cipherList
    cipherSuites = options.cipherSuites
  }

  /// - Parameter isLenient: a session that began so is not for a server that does refuse.
  fileprivate init(_ options: TLSServerOptions, isLenient: Bool) throws(TLSError) {
    let verification: TLSContext.Configuration.Verification =
      switch options.clientVerification {
      case .none: .none
      case .optional: .optional
      case .required: .required
      }
    self.init(.server, verification: verification)
    self.isLenient = isLenient
    if verification != .none {
      trustRoots = try options.trustRoots.bytes()
      for list in options.revocationLists { revocationLists.append(try list.bytes()) }
    }
    chain = try options.certificate.chain.bytes()
    privateKey = try options.certificate.privateKey.bytes()
    minimumVersion = options.minimumVersion
    maximumVersion = options.maximumVersion
    cipherList = options.cipherList
    cipherSuites = options.cipherSuites
  }
}

extension TLSTrustRoots {
  /// nil: the system's.
  fileprivate func bytes() throws(TLSError) -> [UInt8]? {
    switch self {
    case .system: nil
    case .pem(let bytes): bytes
    case .file(let path): try TLSSource.file(path).bytes()
    }
  }
}

/// The process's contexts. To read a few hundred authorities takes longer than a handshake, and a server's tickets are good
/// only in the context that issued them.
private enum ContextCache {
  private static let made = SharedLock<[TLSContext.Configuration: TLSContext]>([:])
  private static let limit = 64

  static func context(_ configuration: TLSContext.Configuration) throws(TLSError) -> TLSContext {
    if let context = made.withLock({ $0[configuration] }) { return context }
    let context = try asTLSError { () throws(TLSFailure<Never>) in
      try TLSContext(configuration, trustStore: SystemRoots.store(for: configuration))
    }
    return made.withLock { made in
      if let other = made[configuration] { return other }
      if made.count >= limit { made = [:] }
      made[configuration] = context
      return context
    }
  }
}

/// The system's authorities.
private enum SystemRoots {
  /// Read once.
  private static let shared = load()

  /// - Returns: nil if the configuration needs none.
  static func store(for configuration: TLSContext.Configuration) -> TLSTrustStore? {
    guard configuration.verification != .none, configuration.trustRoots == nil else { return nil }
    return shared
  }

  private static func load() -> TLSTrustStore? {
    guard let store = unsafe X509_STORE_new() else { return nil }
    unsafe X509_STORE_set_default_paths(store)
    // Sound: nobody else has it.
    return unsafe TLSTrustStore(owning: store)
  }
}
