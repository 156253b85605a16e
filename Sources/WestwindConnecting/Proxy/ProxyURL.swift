internal import WebSocketProtocol

/// A proxy, and how to speak to it.
struct ProxyURL: Sendable, Hashable {
  enum Scheme: String, Sendable {
    case http
    case https
    case socks5
    case socks5h
  }

  let scheme: Scheme
  let host: String
  let port: UInt16
  let credentials: URLCredentials?

  /// - Parameter text: a URL; without a scheme it is an HTTP proxy, as everywhere.
  init(_ text: String) throws(ServerURLError) {
    let bytes = Array(text.utf8)
    try ServerURL.checkCharacters(bytes)
    var reference = URIReference(text.contains("://") ? bytes : Array("http://".utf8) + bytes)
    let name = String(decoding: reference.scheme ?? [], as: UTF8.self)
    // `socks` is what desktops write into `all_proxy`, and they mean version 5.
    guard let scheme = name == "socks" ? .socks5 : Scheme(rawValue: name) else { throw .proxySchemeNotSupported(name) }
    if reference.path == [UInt8(ascii: "/")] { reference.path = [] }
    guard reference.path.isEmpty, reference.query == nil, reference.fragment == nil else { throw .proxyPath }
    guard let authority = reference.authority else { throw .hostMissing }
    let server = try URLServer(authority)
    self.scheme = scheme
    host = server.connectHost
    port = server.port ?? scheme.defaultPort
    credentials = server.credentials
  }

  /// For errors: without user and password.
  var name: String { "\(scheme.rawValue)://\(hostAndPort(host, port))" }
}

extension ProxyURL.Scheme {
  fileprivate var defaultPort: UInt16 {
    switch self {
    case .http: 80
    case .https: 443
    case .socks5, .socks5h: 1080
    }
  }
}
