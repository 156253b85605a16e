/// What a credential is. The numbers are those of Zephyr's `enum tls_credential_type`.
public enum TLSCredentialType: CInt, Sendable, Hashable, CaseIterable {
  /// Certificates of trusted authorities.
  case caCertificate = 1
  /// This side's own certificate, with the intermediate ones behind it; also a client's.
  case serverCertificate = 2
  /// The key of this side's own certificate.
  case privateKey = 3
}
