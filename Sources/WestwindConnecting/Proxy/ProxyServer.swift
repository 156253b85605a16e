internal import WebSocketProtocol
internal import WestwindSockets

/// Through which proxy a server is reached.
public enum ProxyServer: Sendable, Hashable {
  /// None.
  case none
  /// As the environment says, in the way that curl reads it, but for the values themselves: those are as in `url`.
  ///
  /// For `ws` the first of `ws_proxy`, `WS_PROXY`, `http_proxy`, `all_proxy` and `ALL_PROXY` that is set counts; for
  /// `wss` the first of `wss_proxy`, `WSS_PROXY`, `https_proxy`, `HTTPS_PROXY`, `all_proxy` and `ALL_PROXY`; for
  /// `mqtt` the first of `mqtt_proxy`, `MQTT_PROXY`, `all_proxy` and `ALL_PROXY`, and likewise for `mqtts`. An empty one
  /// counts as not set. `HTTP_PROXY` is not read, since a request can set it in a CGI program. An address of the link, whose
  /// URL names an interface, is reached without. An error names the variable: `ConnectError.proxyVariable`.
  ///
  /// `no_proxy`, or `NO_PROXY`, lists hosts that are reached without, separated by commas: a name, which stands for all
  /// names under it as well, an IP address, a network such as `10.0.0.0/8`, or `*` for all.
  case environment
  /// This one: `http://`, `https://` (TLS to the proxy itself), `socks5://` or `socks5h://`, with `user:password@`
  /// where it wants one. `socks://` is `socks5://`.
  ///
  /// `socks5` finds the server's addresses here; `socks5h` hands the name to the proxy, as the other two do. Without a
  /// scheme it is `http`; without a port, 80, 443 for `https` and 1080 for SOCKS, where curl takes 1080 for `http` too.
  /// A path, which curl passes over, is an error.
  case url(String)
}

extension ProxyServer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// What is asked for, without user and password, so that it can be shown and logged.
  public var description: String {
    switch self {
    case .none: "none"
    case .environment: "environment"
    case .url(let text): ProxyServer.hidingCredentials(text).escaped
    }
  }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }

  /// Everything between the scheme and the last `@` goes, wherever that stands: the text has not been checked.
  private static func hidingCredentials(_ text: String) -> String {
    guard text.contains("@") else { return text }
    let reference = URIReference(Array(text.utf8))
    let scheme = reference.authority == nil ? nil : reference.scheme
    return (scheme.map { String(decoding: $0, as: UTF8.self) + "://" } ?? "") + URLServer.hidingCredentials(text)
  }
}
