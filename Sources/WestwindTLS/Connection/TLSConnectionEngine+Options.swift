internal import CWestwindOpenSSL
internal import TLSEngine
internal import WestwindPlatform
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
    // Nobody would ask the verifier of a session that is resumed.
    guard let sessions = options.sessions, options.verifier == nil else {
      return try asTLSError { () throws(TLSFailure<Never>) in
        try client(
          context, hostName: options.hostName, verifiesHostName: options.verifiesHostName,
          applicationProtocols: options.applicationProtocols, verifier: options.verifier)
      }
    }
    return try asTLSError { () throws(TLSFailure<Never>) in
      let key = SessionKey(
        context: configuration.identity, hostName: options.hostName.map { verifiedName($0) },
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
      try server(context, applicationProtocols: options.applicationProtocols, verifier: options.verifier)
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
    pins = options.pins
    hasVerifier = options.verifier != nil
    stapling = options.verifiesPeer ? options.stapling : .off
    chain = try options.certificate?.chain.bytes()
    privateKey = try options.certificate?.privateKey.secret()
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
    if verification != .none { pins = options.pins }
    staple = try options.staple?.bytes()
    hasVerifier = options.verifier != nil
    chain = try options.certificate.chain.bytes()
    privateKey = try options.certificate.privateKey.secret()
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
enum ContextCache {
  private static let made = SharedLock<[TLSContext.Configuration.Identity: TLSContext]>([:])
  private static let limit = 64

  fileprivate static func context(_ configuration: TLSContext.Configuration) throws(TLSError) -> TLSContext {
    let identity = configuration.identity
    if let context = made.withLock({ $0[identity] }) { return context }
    let context = try asTLSError { () throws(TLSFailure<Never>) in
      try TLSContext(configuration, trustStore: SystemRoots.store(for: configuration))
    }
    return made.withLock { made in
      if let other = made[identity] { return other }
      if made.count >= limit { made = [:] }
      made[identity] = context
      return context
    }
  }

  /// Lets go of the contexts that have a private key, which OpenSSL overwrites when their last connection is gone.
  static func forget(_ privateKey: TLSSecret) {
    let fingerprint = privateKey.fingerprint
    made.withLock { made in made = made.filter { $0.key.privateKey != fingerprint } }
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
    // Sound: nobody else has it. OpenSSL has read the file, and looks into the folders at each verification.
    let isEmpty = unsafe co_store_is_empty(store) && !hasFolderOfRoots()
    return unsafe TLSTrustStore(owning: store, isEmpty: isEmpty)
  }

  /// Returns whether one of the folders in which OpenSSL looks has a file of the name that it looks for: eight digits, a dot
  /// and a number (`openssl rehash`).
  private static func hasFolderOfRoots() -> Bool {
    // Sound: constants of OpenSSL's, and the environment's text, copied.
    let named = unsafe getenv(X509_get_default_cert_dir_env()).map { unsafe String(cString: $0) }
    let folders = unsafe named ?? String(cString: X509_get_default_cert_dir())
    return folders.split(separator: ":").contains { folder in
      guard let entries = unsafe opendir(String(folder)) else { return false }
      defer { unsafe closedir(entries) }
      while let entry = unsafe readdir(entries) {
        // Sound: a name of the kernel's, which ends in NUL.
        let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
          unsafe name.withMemoryRebound(to: CChar.self, capacity: 1) { unsafe String(cString: $0) }
        }
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if parts.count == 2, parts[0].count == 8, !parts[1].isEmpty { return true }
      }
      return false
    }
  }
}
