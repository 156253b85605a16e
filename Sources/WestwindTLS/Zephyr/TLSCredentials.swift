public import TLSEngine
internal import WestwindConfiguration
internal import WestwindSockets

/// Enters a credential, for TLS sockets that name its tag with `TLSSocketOption.securityTagList`.
///
/// - Parameters:
///   - tag: a number of the program's choice. Several credentials of different types may have the same: a certificate
///     and its key have to.
///   - type: what it is.
///   - bytes: PEM (a NUL behind it does no harm), or one in DER. They are copied. They are looked at when a socket uses
///     them.
///
/// Zephyr's function is `tls_credential_add`.
public func tlsCredentialAdd(_ tag: CInt, _ type: TLSCredentialType, _ bytes: [UInt8]) throws(TLSCredentialError) {
  try tlsCredentialAdd(tag, type, TLSSecret(bytes))
}

/// Enters a credential, as the form that takes an array does. The bytes are overwritten when the credential has been deleted
/// and nobody else refers to the secret.
public func tlsCredentialAdd(_ tag: CInt, _ type: TLSCredentialType, _ secret: TLSSecret) throws(TLSCredentialError) {
  try TLSCredentialStore.change { credentials throws(TLSCredentialError) in
    let key = TLSCredentialStore.Key(tag: tag, type: type)
    guard credentials[key] == nil else { throw .exists }
    let limit = BuildConfiguration.TLS_MAX_CREDENTIALS_NUMBER
    guard credentials.count < limit else { throw .tooMany(limit: limit) }
    credentials[key] = secret
  }
}

/// The bytes of a credential. Zephyr's function is `tls_credential_get`.
public func tlsCredentialGet(_ tag: CInt, _ type: TLSCredentialType) throws(TLSCredentialError) -> [UInt8] {
  try tlsCredentialSecret(tag, type).withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } }
}

/// A credential, whose bytes are not copied.
package func tlsCredentialSecret(_ tag: CInt, _ type: TLSCredentialType) throws(TLSCredentialError) -> TLSSecret {
  try TLSCredentialStore.change { credentials throws(TLSCredentialError) in
    guard let secret = credentials[TLSCredentialStore.Key(tag: tag, type: type)] else { throw .notFound }
    return secret
  }
}

/// Takes a credential out again, and overwrites its bytes. Connections that were made with it stay, and have a private key of
/// OpenSSL's until they end. Zephyr's function is `tls_credential_delete`.
public func tlsCredentialDelete(_ tag: CInt, _ type: TLSCredentialType) throws(TLSCredentialError) {
  let secret = try TLSCredentialStore.change { credentials throws(TLSCredentialError) in
    guard let secret = credentials.removeValue(forKey: TLSCredentialStore.Key(tag: tag, type: type)) else {
      throw .notFound
    }
    return secret
  }
  if type == .privateKey { ContextCache.forget(secret) }
}

/// The process's credentials.
enum TLSCredentialStore {
  struct Key: Hashable, Sendable {
    var tag: CInt
    var type: TLSCredentialType
  }

  private static let credentials = SharedLock<[Key: TLSSecret]>([:])

  static func change<R>(
    _ body: (inout [Key: TLSSecret]) throws(TLSCredentialError) -> R
  ) throws(TLSCredentialError) -> R {
    guard BuildConfiguration.TLS_CREDENTIALS else { throw .notSupported(symbol: "TLS_CREDENTIALS") }
    return try credentials.withLock { credentials throws(TLSCredentialError) in try body(&credentials) }
  }

  /// All of one type that the tags name, in their order; each may hold several.
  static func all(_ type: TLSCredentialType, _ tags: [CInt]) -> [TLSSecret] {
    credentials.withLock { credentials in tags.compactMap { credentials[Key(tag: $0, type: type)] } }
  }
}
