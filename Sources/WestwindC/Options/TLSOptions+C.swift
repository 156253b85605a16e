internal import CWestwind
internal import Westwind
internal import WestwindConnecting
internal import WestwindPlatform
internal import WestwindSockets
internal import WestwindTLS

// Sound in all: what a program's structure points to is valid during the call.

extension TLSOptions {
  /// What `struct westwind_tls_options` says; the defaults for NULL.
  init(_ given: UnsafePointer<westwind_tls_options>?) throws(CallFailure) {
    self.init()
    guard let given = unsafe given else { return }
    let options = try unsafe westwind_tls_options(given)
    try unsafe takeCredentials(of: options)
    hostName = try unsafe text(options.host_name, "host_name")
    guard hostName != "" else { throw .argument("host_name is empty: leave it NULL for the host of the URL") }
    try unsafe takeRest(of: options)
  }

  /// Certificates and keys, by tag and by file.
  private mutating func takeCredentials(of options: westwind_tls_options) throws(CallFailure) {
    var settings = TLSSettings(minimumVersion: .tls1_2)
    guard let count = unsafe Int(exactly: options.tag_count), unsafe options.tags != nil || count == 0 else {
      throw .argument("tags is NULL, but tag_count is not 0")
    }
    settings.tags = unsafe Array(UnsafeBufferPointer(start: options.tags, count: count))
    // The name is the URL's: the settings are only asked for what the tags stand for.
    settings.hostName = "localhost"
    do throws(TLSError) {
      let byTag = try settings.clientOptions()
      trustRoots = byTag.trustRoots
      certificate = byTag.certificate
    } catch {
      throw .argument(error.description)
    }
    if let file = try unsafe text(options.authorities_file, "authorities_file") {
      guard trustRoots == .system else { throw .argument("authorities are given both by tag and by authorities_file") }
      trustRoots = .file(file)
    }
    switch (
      try unsafe text(options.certificate_file, "certificate_file"), try unsafe text(options.key_file, "key_file")
    ) {
    case (nil, nil): break
    case (let chain?, let key?):
      guard certificate == nil else { throw .argument("a certificate is given both by tag and by certificate_file") }
      certificate = TLSCertificate(chain: .file(chain), privateKey: .file(key))
    default: throw .argument("certificate_file and key_file have to be set together")
    }
    for file in try unsafe texts(options.revocation_list_files, "revocation_list_files") {
      revocationLists.append(.file(file))
    }
  }

  private mutating func takeRest(of options: westwind_tls_options) throws(CallFailure) {
    switch unsafe options.verify {
    case CInt(WESTWIND_VERIFY_FULL.rawValue): break
    case CInt(WESTWIND_VERIFY_CHAIN.rawValue): verifiesHostName = false
    case CInt(WESTWIND_VERIFY_NONE.rawValue): verifiesPeer = false
    default: throw unsafe .argument("verify is \(options.verify), which is none of enum westwind_verify")
    }
    for text in try unsafe texts(options.pins, "pins") {
      guard let pin = TLSPin(text) else {
        throw .argument(
          "'\(text.escaped)' is no pin: write sha256//BASE64 of a public key, or cert:HEX of a certificate")
      }
      pins.append(pin)
    }
    switch unsafe options.stapling {
    case CInt(WESTWIND_STAPLING_ASKED.rawValue): stapling = .asked
    case CInt(WESTWIND_STAPLING_REQUIRED.rawValue): stapling = .required
    case CInt(WESTWIND_STAPLING_OFF.rawValue): stapling = .off
    default: throw unsafe .argument("stapling is \(options.stapling), which is none of enum westwind_stapling")
    }
    if let version = try unsafe TLSVersion(option: options.minimum_version, "minimum_version") {
      minimumVersion = version
    }
    if let version = try unsafe TLSVersion(option: options.maximum_version, "maximum_version") {
      maximumVersion = version
    }
    guard minimumVersion <= maximumVersion else { throw .argument("minimum_version is newer than maximum_version") }
    applicationProtocols = try unsafe texts(options.application_protocols, "application_protocols")
    cipherList = try unsafe text(options.cipher_list, "cipher_list")
    cipherSuites = try unsafe text(options.cipher_suites, "cipher_suites")
    if unsafe options.keeps_sessions { sessions = TLSSettings.sessions }
  }
}

extension TLSVersion {
  fileprivate init?(option: CInt, _ name: String) throws(CallFailure) {
    switch option {
    case 0: return nil
    case WESTWIND_TLS_1_2: self = .tls1_2
    case WESTWIND_TLS_1_3: self = .tls1_3
    default: throw .argument("\(name) is \(option): write WESTWIND_TLS_1_2 or WESTWIND_TLS_1_3")
    }
  }
}
