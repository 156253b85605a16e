internal import WebSocketProtocol
public import WestwindConnecting

/// Where a WebSocket is to be found: a URL of the scheme `ws`, `wss` or `ws+unix` (RFC 6455 3).
///
///     ws://user:word@example.org:9001/chat?room=1
///     wss://[2001:db8::1]/
///     ws+unix:///run/echo.sock:/chat?room=1
///
/// `ws+unix` names a socket in the file system, and behind the next colon path and query of the request, as the
/// package `ws` of Node does it. A colon in the socket's own path is written `%3A`.
public struct WebSocketURL: Sendable, Hashable {
  public enum Scheme: String, Sendable, Hashable, CaseIterable {
    case ws
    case wss
    case wsUnix = "ws+unix"
  }

  public let scheme: Scheme
  /// A name in lower case, or an IP address, without the brackets of IPv6. `localhost` for `ws+unix`.
  public let host: String
  /// The interface of an IPv6 address of the link, as in `ws://[fe80::1%25eth0]/` (RFC 6874); nil if none is named. It means
  /// something on this machine only, and is in neither `host` nor `hostField`.
  public internal(set) var zone: String?
  /// 80 for `ws` and 443 for `wss` where the URL names none; 0 for `ws+unix`.
  public let port: UInt16
  /// Path and query, which is what the request asks for: at least `/`.
  public let resourceName: String
  /// User and password; they are sent as Basic authorization.
  public let credentials: URLCredentials?
  /// The socket's path in the file system, for `ws+unix`.
  public let unixPath: String?

  /// Takes a URL apart, and refuses what a guess would be needed for.
  ///
  /// Characters of path and query that may not stand in a URL, such as letters beyond ASCII, are percent-encoded.
  ///
  /// - Throws: what is wrong with it; its `description` says what to write instead.
  public init(_ text: String) throws(ServerURLError) {
    try self.init(bytes: Array(text.utf8))
  }

  init(bytes: [UInt8]) throws(ServerURLError) {
    try ServerURL.checkCharacters(bytes)
    try self.init(URIReference(bytes))
  }

  init(_ reference: URIReference) throws(ServerURLError) {
    guard let name = reference.scheme else { throw .schemeMissing }
    guard let scheme = Scheme(rawValue: String(decoding: name, as: UTF8.self)) else {
      throw .schemeNotSupported(
        String(decoding: name, as: UTF8.self), supported: Scheme.allCases.map(\.rawValue))
    }
    guard reference.fragment == nil else { throw .fragment }
    self.scheme = scheme
    guard scheme != .wsUnix else {
      guard reference.authority?.isEmpty ?? true else { throw .unixHost }
      let parts = try UnixURLPath(reference.path)
      host = "localhost"
      zone = nil
      port = 0
      credentials = nil
      unixPath = parts.socket
      resourceName = try WebSocketURL.resourceName(path: parts.request, query: reference.query)
      return
    }
    guard let authority = reference.authority else { throw .hostMissing }
    let rest = reference.path + (reference.query ?? [])
    let server = try URLServer(authority, isPasswordCut: rest.contains(UInt8(ascii: "@")))
    host = server.host
    zone = server.zone
    port = server.port ?? scheme.defaultPort
    credentials = server.credentials
    unixPath = nil
    resourceName = try WebSocketURL.resourceName(path: reference.path, query: reference.query)
  }

  /// Whether TLS is spoken.
  public var isSecure: Bool { scheme == .wss }

  /// The value of the `Host` field: with the port where it is not the scheme's own (RFC 6455 4.1).
  public var hostField: String {
    port == scheme.defaultPort ? bracketedHost : "\(bracketedHost):\(port)"
  }

  /// What to look up and connect to.
  var connectHost: String { zone.map { "\(host)%\($0)" } ?? host }

  var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }
}

extension WebSocketURL.Scheme {
  /// RFC 6455 3. A path of the file system has no port.
  var defaultPort: UInt16 {
    switch self {
    case .ws: 80
    case .wss: 443
    case .wsUnix: 0
    }
  }
}

extension WebSocketURL: CustomStringConvertible {
  /// The URL, without user and password, so that it can be shown and logged.
  public var description: String {
    guard let unixPath else {
      guard let zone else { return "\(scheme.rawValue)://\(hostField)\(resourceName)" }
      let interface = String(decoding: PercentEncoding.encodeUnreserved(Array(zone.utf8)), as: UTF8.self)
      let authority = hostField.replacing("]", with: "%25\(interface)]", maxReplacements: 1)
      return "\(scheme.rawValue)://\(authority)\(resourceName)"
    }
    let path = PercentEncoding.encodePath(UnixURLPath.escaped(unixPath))
    return "ws+unix://\(String(decoding: path, as: UTF8.self)):\(resourceName)"
  }
}

extension WebSocketURL {
  /// RFC 6455 3: the path, `/` where it is empty, and the query with its `?`.
  fileprivate static func resourceName(path: [UInt8], query: [UInt8]?) throws(ServerURLError) -> String {
    let path = path.isEmpty ? Array("/".utf8) : path
    guard PercentEncoding.decode(path) != nil, query.map({ PercentEncoding.decode($0) != nil }) ?? true else {
      throw .percentEncoding
    }
    let name =
      PercentEncoding.encodePath(path) + (query.map { Array("?".utf8) + PercentEncoding.encodeQuery($0) } ?? [])
    return String(decoding: name, as: UTF8.self)
  }
}
