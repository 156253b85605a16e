public import WestwindTLS
public import WestwindTestSupport

extension TestCertificate {
  /// Options of a server that shows it.
  public var server: TLSServerOptions {
    TLSServerOptions(certificate: TLSCertificate(chain: .pem(certificate), privateKey: .pem(key)))
  }

  /// Options of a client that trusts it, and has no host's name yet.
  public var client: TLSOptions {
    var options = TLSOptions()
    options.trustRoots = .pem(certificate)
    return options
  }

  /// Options of a client that trusts it and asks for a host.
  public func client(for hostName: String) -> TLSOptions {
    var options = client
    options.hostName = hostName
    return options
  }
}
