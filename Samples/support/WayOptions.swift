package import ArgumentParser
package import Westwind

/// The flags that say how to get to the server.
package struct WayOptions: ParsableArguments {
  @Flag(help: "Believe any certificate. For tests only: anybody may be at the other end.")
  package var insecure = false

  @Option(
    help: ArgumentHelp(
      "Believe the certificates in this file (PEM), in place of the system's authorities: a root, an intermediate, or the server's own.",
      valueName: "file"))
  package var ca: String?

  @Option(
    help: ArgumentHelp(
      "Believe only a server of this public key, 'sha256//BASE64', or certificate, 'cert:HEX' (SHA-256); may be repeated. With --insecure it is all that is checked.",
      valueName: "digest"))
  package var pin: [String] = []

  @Option(help: ArgumentHelp("Show this certificate (PEM) to a server that asks; needs --key.", valueName: "file"))
  package var cert: String?

  @Option(help: ArgumentHelp("The private key of --cert (PEM).", valueName: "file"))
  package var key: String?

  @Option(
    help: ArgumentHelp(
      "Go through this proxy (http, https, socks5, socks5h); 'none' for no proxy, also where the environment names one.",
      valueName: "url"))
  package var proxy: String?

  @Option(
    help: ArgumentHelp("Connect to this socket of the file system in place of the URL's host.", valueName: "path"))
  package var unix: String?

  @Option(
    help: ArgumentHelp(
      "Connect through this network interface, or from this IP address of the machine.", valueName: "name or address"))
  package var interface: String?

  package init() {}

  package func validate() throws {
    guard (cert == nil) == (key == nil) else {
      throw ValidationError("--cert and --key belong together: give both")
    }
    if let text = pin.first(where: { TLSPin($0) == nil }) {
      throw ValidationError(
        "--pin '\(text)' must be 'sha256//' and 44 characters of base64, or 'cert:' and 64 hexadecimal digits")
    }
    guard !insecure || ca == nil else {
      throw ValidationError("--insecure believes everybody, so --ca has no use: give one of them")
    }
  }

  package var options: ConnectOptions {
    var options = ConnectOptions()
    if let proxy { options.proxy = proxy == "none" ? .none : .url(proxy) }
    options.unixPath = unix
    if let interface {
      options.localAddress = SocketAddress.ipv4(interface, port: 0) ?? SocketAddress.ipv6(interface, port: 0)
      if options.localAddress == nil { options.interface = interface }
    }
    options.tls.verifiesPeer = !insecure
    options.tls.pins = pin.compactMap { TLSPin($0) }
    if let ca { options.tls.trustRoots = .file(ca) }
    if let cert, let key {
      options.tls.certificate = TLSCertificate(chain: .file(cert), privateKey: .file(key))
    }
    // A proxy is believed as the server is. The certificate is for the server only.
    options.proxyTLS.verifiesPeer = options.tls.verifiesPeer
    options.proxyTLS.trustRoots = options.tls.trustRoots
    return options
  }
}
