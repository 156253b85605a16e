/// All that a `Context` is made of. Files are here by what is in them.
struct ContextKey: Hashable, Sendable {
  enum Side: Hashable, Sendable {
    case client
    case server
  }

  enum Verification: Hashable, Sendable {
    case none
    case optional
    case required
  }

  var side: Side
  var verification: Verification
  /// nil: the system's.
  var trustRoots: [UInt8]?
  var revocationLists: [[UInt8]]
  var chain: [UInt8]?
  var privateKey: [UInt8]?
  var minimumVersion: TLSVersion
  var maximumVersion: TLSVersion
  var cipherList: String?
  var cipherSuites: String?
  var isLenient = false

  init(_ options: TLSOptions) throws(TLSError) {
    side = .client
    verification = options.verifiesPeer ? .required : .none
    trustRoots = try options.verifiesPeer ? options.trustRoots.bytes() : nil
    revocationLists = []
    for list in options.revocationLists where options.verifiesPeer { revocationLists.append(try list.bytes()) }
    chain = try options.certificate?.chain.bytes()
    privateKey = try options.certificate?.privateKey.bytes()
    minimumVersion = options.minimumVersion
    maximumVersion = options.maximumVersion
    cipherList = options.cipherList
    cipherSuites = options.cipherSuites
  }

  /// - Parameter isLenient: certificates are noted and not refused; a session that began so is not for a server that
  ///   does refuse.
  init(_ options: TLSServerOptions, isLenient: Bool) throws(TLSError) {
    side = .server
    self.isLenient = isLenient
    verification =
      switch options.clientVerification {
      case .none: .none
      case .optional: .optional
      case .required: .required
      }
    trustRoots = try verification == .none ? nil : options.trustRoots.bytes()
    revocationLists = []
    for list in options.revocationLists where verification != .none { revocationLists.append(try list.bytes()) }
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
