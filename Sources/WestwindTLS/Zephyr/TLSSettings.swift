internal import SystemPackage
internal import TLSEngine
internal import WestwindConfiguration
internal import WestwindSockets

/// What the options of a TLS socket say, until it is connected.
package struct TLSSettings: Sendable {
  /// Zephyr's three ways, `TLS_PEER_VERIFY_*`.
  package enum Verification: CInt, Sendable {
    case none = 0
    case optional = 1
    case required = 2
  }

  package static let sessions = TLSSessionCache()

  var minimumVersion: TLSVersion
  package var tags: [CInt] = []
  /// nil: never set.
  package var hostName: String?
  package var verifiesHostName = true
  package var pins: [TLSPin] = []
  package var stapling = OCSPStapling.asked
  package var verifier: TLSVerifier?
  package var cipherSuites: [CInt] = []
  /// nil: as the role has it.
  package var verification: Verification?
  package var applicationProtocols: [String] = []
  var keepsSessions = false
  /// How long a client of a listener may take to shake hands.
  var handshakeTimeout = Timeout.milliseconds(BuildConfiguration.NET_SOCKETS_TLS_HANDSHAKE_TIMEOUT_MS)

  package init(minimumVersion: TLSVersion) {
    self.minimumVersion = minimumVersion
  }

  mutating func set(_ option: CInt, _ value: RawSpan) throws(Errno) {
    switch TLSSocketOption(rawValue: option) {
    case .securityTagList: tags = try value.integers()
    case .hostName: hostName = try value.hostName()
    case .verifiesHostName: verifiesHostName = try value.integer() != 0
    case .pins: pins = try value.pins()
    case .stapling:
      guard let stapling = OCSPStapling(rawValue: try value.integer()) else { throw .invalidArgument }
      self.stapling = stapling
    case .cipherSuiteList: cipherSuites = try value.integers()
    case .peerVerify:
      guard let verification = Verification(rawValue: try value.integer()) else { throw .invalidArgument }
      self.verification = verification
    case .applicationProtocolList: applicationProtocols = value.texts()
    case .sessionCache: keepsSessions = try value.integer() != 0
    case .sessionCachePurge: Self.sessions.removeAll()
    case .handshakeTimeout:
      let milliseconds = try value.integer()
      guard milliseconds > 0 else { throw .invalidArgument }
      handshakeTimeout = .milliseconds(Int(milliseconds))
    case .cipherSuiteUsed, .certificateVerifyResult, nil: throw .protocolNotAvailable
    }
  }

  /// The lists, as `set` takes them; cut after the last entry that there is room for.
  func get(_ option: CInt, into value: inout OutputRawSpan) throws(Errno) {
    guard value.freeCapacity > 0 else { throw .invalidArgument }
    switch TLSSocketOption(rawValue: option) {
    case .securityTagList: value.append(tags)
    case .cipherSuiteList: value.append(cipherSuites)
    case .applicationProtocolList:
      for name in applicationProtocols {
        guard name.utf8.count < value.freeCapacity else { break }
        for byte in name.utf8 { value.append(byte) }
        value.append(0)
      }
    default: throw .protocolNotAvailable
    }
  }

  package func clientOptions() throws(TLSError) -> TLSOptions {
    try checkTags()
    var options = TLSOptions()
    options.hostName = hostName
    options.verifiesPeer = verification != Verification.none
    options.verifiesHostName = verifiesHostName
    options.pins = pins
    options.stapling = stapling
    options.verifier = verifier
    if let roots = try roots() { options.trustRoots = .pem(roots) }
    options.certificate = try certificate()
    options.minimumVersion = minimumVersion
    options.applicationProtocols = applicationProtocols
    (options.cipherList, options.cipherSuites) = try cipherNames()
    if keepsSessions { options.sessions = Self.sessions }
    return options
  }

  func serverOptions() throws(TLSError) -> TLSServerOptions {
    try checkTags()
    guard let certificate = try certificate() else {
      throw .badConfiguration("a server needs a certificate: a tag with one in TLS_SEC_TAG_LIST")
    }
    var options = TLSServerOptions(certificate: certificate)
    options.clientVerification =
      switch verification {
      case nil, Verification.none?: .none
      case .optional: .optional
      case .required: .required
      }
    options.pins = pins
    options.verifier = verifier
    if let roots = try roots() { options.trustRoots = .pem(roots) }
    options.minimumVersion = minimumVersion
    options.applicationProtocols = applicationProtocols
    (options.cipherList, options.cipherSuites) = try cipherNames()
    return options
  }

  /// A tag that stands for nothing would leave the system's authorities to be believed, of whom nobody has spoken.
  private func checkTags() throws(TLSError) {
    for tag in tags where TLSCredentialType.allCases.allSatisfy({ TLSCredentialStore.all($0, [tag]).isEmpty }) {
      throw .badConfiguration("TLS_SEC_TAG_LIST names the tag \(tag), and there is no credential of it")
    }
  }

  /// The authorities of all tags. Several have to be PEM, which can be joined; DER cannot.
  private func roots() throws(TLSError) -> [UInt8]? {
    let roots = TLSCredentialStore.all(.caCertificate, tags)
    guard roots.count > 1 else {
      return try roots.first.map { (root) throws(TLSError) in try TLSSource.secret(root).bytes() }
    }
    var joined: [UInt8] = []
    for root in roots {
      let root = try TLSSource.secret(root).bytes()
      joined += try asTLSError { () throws(TLSFailure<Never>) in
        try PEM.text(ofCertificates: root, "a tag of TLS_SEC_TAG_LIST")
      }
    }
    return joined
  }

  private func certificate() throws(TLSError) -> TLSCertificate? {
    let chain = TLSCredentialStore.all(.serverCertificate, tags).first
    let privateKey = TLSCredentialStore.all(.privateKey, tags).first
    switch (chain, privateKey) {
    case (let chain?, let privateKey?): return TLSCertificate(chain: .secret(chain), privateKey: .secret(privateKey))
    case (nil, nil): return nil
    default: throw .badConfiguration("a certificate and its private key have to be in TLS_SEC_TAG_LIST together")
    }
  }

  /// The suites by OpenSSL's names: those of TLS 1.2, and those of 1.3.
  private func cipherNames() throws(TLSError) -> (String?, String?) {
    var names: [String] = []
    for number in cipherSuites {
      // Left out, it would leave a longer list than asked for, or all there are.
      guard let name = CipherSuite.name(of: number) else {
        throw .badConfiguration("OpenSSL has no suite of the number \(number) in TLS_CIPHERSUITE_LIST")
      }
      names.append(name)
    }
    let old = names.filter { !$0.hasPrefix("TLS_") }
    let new = names.filter { $0.hasPrefix("TLS_") }
    return (
      old.isEmpty ? nil : old.joined(separator: ":"), new.isEmpty ? nil : new.joined(separator: ":")
    )
  }
}

extension OutputRawSpan {
  fileprivate mutating func append(_ numbers: [CInt]) {
    for number in numbers where freeCapacity >= MemoryLayout<CInt>.size {
      // Sound: an integer's bytes, for which there is room.
      unsafe append(number, as: CInt.self)
    }
  }
}

extension RawSpan {
  fileprivate func integers() throws(Errno) -> [CInt] {
    let size = MemoryLayout<CInt>.size
    guard byteCount.isMultiple(of: size) else { throw .invalidArgument }
    var values: [CInt] = []
    // Sound: in bounds, and any bytes are an integer.
    for i in 0..<(byteCount / size) {
      values.append(unsafe unsafeLoadUnaligned(fromByteOffset: i * size, as: CInt.self))
    }
    return values
  }

  fileprivate func integer() throws(Errno) -> CInt {
    guard let value = integerOption else { throw .invalidArgument }
    return value
  }

  /// The name in front of the first NUL. One that is empty would verify nothing, and nobody has said so.
  fileprivate func hostName() throws(Errno) -> String {
    // Sound: read within its bounds.
    let bytes = unsafe withUnsafeBytes { unsafe Array($0.prefix { $0 != 0 }) }
    guard !bytes.isEmpty, let name = String(validating: bytes, as: UTF8.self) else { throw .invalidArgument }
    return name
  }

  /// Pins as texts, with semicolons between them, as curl has them. None at all takes them away.
  fileprivate func pins() throws(Errno) -> [TLSPin] {
    // Sound: read within its bounds.
    let bytes = unsafe withUnsafeBytes { unsafe Array($0.prefix { $0 != 0 }) }
    var pins: [TLSPin] = []
    for text in String(decoding: bytes, as: UTF8.self).split(separator: ";", omittingEmptySubsequences: false) {
      guard !bytes.isEmpty else { break }
      guard let pin = TLSPin(String(text)) else { throw .invalidArgument }
      pins.append(pin)
    }
    return pins
  }

  /// Texts between NULs.
  fileprivate func texts() -> [String] {
    // Sound: read within its bounds.
    let bytes = unsafe withUnsafeBytes { unsafe Array($0) }
    return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }
}
