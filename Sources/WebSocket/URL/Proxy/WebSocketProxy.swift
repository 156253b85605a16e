/// Through which proxy a WebSocket is opened.
public enum WebSocketProxy: Sendable, Hashable {
  /// None.
  case none
  /// As the environment says, in the way that curl reads it.
  ///
  /// For `ws` the first of `ws_proxy`, `WS_PROXY`, `http_proxy`, `all_proxy` and `ALL_PROXY` that is set counts; for
  /// `wss` the first of `wss_proxy`, `WSS_PROXY`, `https_proxy`, `HTTPS_PROXY`, `all_proxy` and `ALL_PROXY`. An empty
  /// one counts as not set. `HTTP_PROXY` is not read, since a request can set it in a CGI program.
  ///
  /// `no_proxy`, or `NO_PROXY`, lists hosts that are reached without, separated by commas: a name, which stands for all
  /// names under it as well, an IP address, a network such as `10.0.0.0/8`, or `*` for all.
  case environment
  /// This one: `http://`, `https://` (TLS to the proxy itself), `socks5://` or `socks5h://`, with `user:password@`
  /// where it wants one.
  ///
  /// `socks5` finds the server's addresses here; `socks5h` hands the name to the proxy, as the other two do.
  case url(String)
}
