internal import WestwindSockets

/// Why the URL of a server or of a proxy cannot be used. `description` is one line that also says what to write instead.
public enum ServerURLError: Error, Sendable, Hashable {
  /// There is no scheme: `example.org/chat`.
  case schemeMissing
  /// The scheme is another than those that can be used here.
  case schemeNotSupported(String, supported: [String])
  /// The scheme of a proxy is another than `http`, `https`, `socks5` or `socks5h`.
  case proxySchemeNotSupported(String)
  case hostMissing
  /// The part between `//` and the path cannot be taken apart: two `@`, or brackets that do not close.
  case authority(String)
  /// The host has a character that no name has, a label that is empty, or too long, or is too long itself.
  case host(String)
  /// The host has letters beyond ASCII. There are several ways to write those in ASCII, so it is left to the caller.
  case hostNotASCII(String)
  /// The host ends in a number, but is not an address of four numbers from 0 to 255.
  case notIPv4(String)
  /// What stands in brackets is no IPv6 address.
  case notIPv6(String)
  /// What stands behind the `%` of an IPv6 address is no interface as RFC 6874 has it written.
  case zoneIdentifier(String)
  /// The port is no number between 1 and 65535.
  case port(String)
  /// Host or port are wrong, and an `@` follows further on: they may be part of a password with a `/` or `?` in it, so
  /// they are not shown.
  case passwordNotEncoded
  /// A user with a colon in it, or a control character in user or password: Basic authorization cannot carry it.
  case credentials
  /// There is a `#`, which no server is sent (RFC 3986 3.5; RFC 6455 3).
  case fragment
  case controlCharacter
  case space
  /// A `%` without two hexadecimal digits behind it.
  case percentEncoding
  /// A URL of a socket in the file system, such as `ws+unix`, with a host.
  case unixHost
  /// A URL of a socket in the file system whose path is none of a socket: not absolute, a folder, or with NUL in it.
  case unixPath
  /// A URL of a socket in the file system with a path behind the colon that does not begin with `/`.
  case unixRequestPath
  /// A proxy's URL with a path or a query.
  case proxyPath
  /// A path or a query in a URL of a scheme that has none: `mqtt://host/topic`.
  case pathNotAllowed(scheme: String)
}

extension ServerURLError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .schemeMissing: "the scheme is missing: write the whole URL, as in 'wss://example.org:9001/'"
    // HTTP's schemes are what people write for those of a protocol that begins with HTTP.
    case .schemeNotSupported("http", let supported) where supported.contains("ws"):
      "'http' is not a scheme that can be used here: write ws:// in its place"
    case .schemeNotSupported("https", let supported) where supported.contains("wss"):
      "'https' is not a scheme that can be used here: write wss:// in its place"
    case .schemeNotSupported(let scheme, let supported):
      "the scheme '\(scheme.escaped)' is unknown: write the whole URL, with \(Self.list(supported))"
    case .proxySchemeNotSupported(let scheme):
      "the proxy's scheme '\(scheme.escaped)' is unknown: write http://, https://, socks5:// or socks5h://"
    case .hostMissing: "the host is missing, as in 'wss://example.org:9001/'"
    case .authority(let text):
      "'\(URLServer.hidingCredentials(text).escaped)' is not a host and port:"
        + " write '@' in a password as %40, and an IPv6 address as [::1]"
    case .host(let host): "'\(host.escaped)' is not a host's name"
    case .hostNotASCII(let host):
      "'\(host.escaped)' has letters beyond ASCII: write the host's name in its ASCII form, which begins with 'xn--'"
    case .notIPv4(let host): "'\(host.escaped)' is not an IPv4 address, as in '127.0.0.1'"
    case .notIPv6(let host): "'\(host.escaped)' is not an IPv6 address, as in 'wss://[::1]:9001/'"
    case .zoneIdentifier(let host):
      "'\(host.escaped)' does not name an interface as a URL has to: write it behind %25, as in 'ws://[fe80::1%25eth0]/'"
    case .port(let port):
      "'\(port.escaped)' is not a port: it is a number between 1 and 65535,"
        + " and an IPv6 address before it needs brackets, as in 'wss://[::1]:9001/'"
    case .passwordNotEncoded:
      "host or port are wrong, and not shown since an '@' follows: write '/' in a password as %2F and '?' as %3F,"
        + " and '@' in a path as %40"
    case .credentials: "a colon in the user, or a control character in the user or the password, cannot be sent"
    case .fragment: "the URL of a server has no '#' part: leave it out, or write %23"
    case .controlCharacter: "there is a control character in the URL: percent-encode it, or leave it out"
    case .space: "there is a space in the URL: leave it out, or write %20"
    case .percentEncoding: "a '%' needs two hexadecimal digits behind it: write %25 for the character itself"
    case .unixHost:
      "the URL of a socket in the file system has no host: it begins with three slashes, as in 'ws+unix:///run/echo.sock:/chat'"
    case .unixPath: "the socket's path is missing or is a folder, as in 'ws+unix:///run/echo.sock:/chat'"
    case .unixRequestPath:
      "behind the colon comes the request's path, as in 'ws+unix:///run/echo.sock:/chat';"
        + " write a colon in the socket's path as %3A"
    case .pathNotAllowed(let scheme):
      "a URL of the scheme '\(scheme)' names host and port only: leave out what follows, topics too"
    case .proxyPath: "a proxy's URL has no path and no query, as in 'http://127.0.0.1:3128'"
    }
  }

  /// `a://, b:// or c://`.
  private static func list(_ schemes: [String]) -> String {
    let all = schemes.map { "\($0)://" }
    guard let last = all.last, all.count > 1 else { return all.first ?? "another one" }
    return "\(all.dropLast().joined(separator: ", ")) or \(last)"
  }
}

extension URLServer {
  /// An authority as it may be shown: without what stands before the last `@`.
  static func hidingCredentials(_ authority: String) -> String {
    authority.lastIndex(of: "@").map { String(authority[$0...].dropFirst()) } ?? authority
  }
}
