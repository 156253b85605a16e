internal import SystemPackage
internal import WestwindSockets

extension TLSError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .certificateExpired: "the peer's certificate, or one of its authorities', has expired"
    case .certificateNotYetValid: "the peer's certificate is not valid yet: is this machine's clock right?"
    case .hostNameMismatch(let expected): "the peer's certificate is not for the name \(expected.escaped)"
    case .addressMismatch(let expected): "the peer's certificate is not for the address \(expected.escaped)"
    case .unknownAuthority(let issuer):
      "the peer's certificate comes from an authority that is not trusted: \(issuer.escaped)"
    case .selfSigned: "the peer's certificate is signed by itself, and is not a trusted root"
    case .missingIntermediate(let issuer):
      "the issuer of the peer's certificate, \(issuer.escaped), is not a trusted root, and its own certificate was not sent"
    case .weakSignature: "a signature in the peer's certificate chain uses an algorithm that is too weak"
    case .keyTooSmall: "a key in the peer's certificate chain is too small"
    case .certificateRevoked: "the peer's certificate has been revoked"
    case .noRevocationList(let issuer): "no revocation list was given of the peer's authority, \(issuer.escaped)"
    case .revocationListExpired: "the revocation list of the peer's authority has expired"
    case .noCertificate: "the peer gave no certificate"
    case .certificateRefused(let why): "the peer's certificate is refused: \(why.escaped)"
    case .protocolVersion: "the peer has no version of TLS in common with this side"
    case .noCommonCipher: "the peer has no cipher suite or signature algorithm in common with this side"
    case .noApplicationProtocol: "the peer has no application protocol in common with this side"
    case .alert(let number, let name): "the peer gave up with alert \(number), \(name)"
    case .protocolError(let what): "the TLS protocol was broken: \(what.escaped)"
    case .truncated: "the connection ended without the peer having closed it: what follows may have been cut off"
    case .timedOut: "the time for TLS was over"
    case .badConfiguration(let what): "the TLS options cannot be used: \(what.escaped)"
    case .notSupported(let symbol): "this build is without \(symbol)"
    case .system(let error): "the system failed: \(error.description)"
    }
  }
}
