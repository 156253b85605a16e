/// The parts of a `ws://host:port/path?query` URL (RFC 6455 section 3) that a connection needs.
struct WebSocketURL: Sendable, CustomStringConvertible {
  /// A name or an address, without the brackets of an IPv6 literal.
  let host: String
  let port: UInt16
  /// Path and query: what the request line asks for.
  let target: String
  /// The URL as the user gave it.
  let description: String

  static let defaultPort: UInt16 = 80

  init(host: String, port: UInt16) {
    self.host = host
    self.port = port
    target = "/"
    description = "ws://\(host):\(port)/"
  }

  /// Takes a URL apart; throws a sentence that says what is wrong with it and what to write.
  init(parsing text: String) throws(Failure) {
    let rest = try Self.afterScheme(text)
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw .wrongUse("write spaces and letters beyond ASCII in percent-encoding, as in 'ws://host/a%20b'")
    }
    guard !text.contains("#") else {
      throw .wrongUse("a WebSocket URL has no '#' part (RFC 6455 section 3): leave it out, or write %23")
    }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard !authority.contains("@") else {
      throw .wrongUse("a user name in the URL is not sent: use --header 'Authorization: ...'")
    }
    (host, port) = try Self.hostAndPort(authority)
    let tail = rest.dropFirst(authority.count)
    target = tail.hasPrefix("/") ? String(tail) : "/" + tail
    description = text
  }

  /// The value of the `Host` field: the port is left out where it is the default (RFC 6455 section 4.1).
  var hostField: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port == Self.defaultPort ? name : "\(name):\(port)"
  }

  private static func afterScheme(_ text: String) throws(Failure) -> Substring {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
      throw .wrongUse("write the whole URL, as in 'ws://127.0.0.1:9001/'")
    }
    let scheme = text[..<colon].lowercased()
    switch scheme {
    case "ws": return text[colon...].dropFirst(3)
    case "wss": throw .wrongUse("wss:// is not in this build yet: use ws://, or a TLS proxy in front of it")
    case "http", "https": throw .wrongUse("'\(scheme)' is not a WebSocket scheme: write ws:// in its place")
    default: throw .wrongUse("the scheme '\(scheme)' is unknown: write ws://")
    }
  }

  private static func hostAndPort(_ authority: Substring) throws(Failure) -> (String, UInt16) {
    var host = authority
    var port = Substring()
    if authority.hasPrefix("[") {
      guard let bracket = authority.firstIndex(of: "]") else {
        throw .wrongUse("the ']' behind the IPv6 address is missing, as in 'ws://[::1]:9001/'")
      }
      host = authority[..<bracket].dropFirst()
      guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
        throw .wrongUse("'\(host)' is not an IPv6 address, as in 'ws://[::1]:9001/'")
      }
      port = authority[bracket...].dropFirst()
    } else if let colon = authority.firstIndex(of: ":") {
      host = authority[..<colon]
      port = authority[colon...]
    }
    guard !host.isEmpty else {
      throw .wrongUse("the host is missing, as in 'ws://127.0.0.1:9001/'")
    }
    // RFC 3986 section 3.2.3: the port may be left out, with or without its colon.
    guard !port.isEmpty, port != ":" else { return (String(host), defaultPort) }
    let digits = port.dropFirst()
    guard port.hasPrefix(":"), digits.allSatisfy({ ("0"..."9").contains($0) }) else {
      let wrong = port.hasPrefix(":") ? digits : port
      throw .wrongUse("'\(wrong)' is not a port; an IPv6 address needs brackets, as in 'ws://[::1]:9001/'")
    }
    guard let number = UInt16(digits), number > 0 else {
      throw .wrongUse("the port must be between 1 and 65535, as in 'ws://127.0.0.1:9001/'")
    }
    return (String(host), number)
  }
}
