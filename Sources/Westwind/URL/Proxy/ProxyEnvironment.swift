/// What the environment says of proxies. Which variable counts, and what `no_proxy` means, is as with curl, which is
/// what users of `http_proxy` have come to expect. The value is read otherwise in two points: without a port an HTTP
/// proxy is at 80 (`ProxyURL`), where curl takes 1080, and a path behind it is an error, where curl passes over it.
struct ProxyEnvironment {
  /// The value of a variable; nil where it is not set.
  let variable: (String) -> String?

  init(variable: @escaping (String) -> String? = environmentVariable) {
    self.variable = variable
  }

  /// The proxy for a URL; nil for none.
  func proxy(for url: WebSocketURL) throws(WebSocketURLError) -> ProxyURL? {
    let names =
      url.isSecure
      ? ["wss_proxy", "WSS_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
      : ["ws_proxy", "WS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"]
    return try proxy(for: url.host, names: names)
  }

  /// The proxy for a host under another scheme than those of WebSockets, which has variables of its own: `mqtt_proxy`.
  func proxy(for host: String, scheme: String) throws(WebSocketURLError) -> ProxyURL? {
    try proxy(for: host, names: ["\(scheme)_proxy", "\(scheme.uppercased())_PROXY", "all_proxy", "ALL_PROXY"])
  }

  private func proxy(for host: String, names: [String]) throws(WebSocketURLError) -> ProxyURL? {
    guard let text = first(of: names) else { return nil }
    let exceptions = NoProxyList(first(of: ["no_proxy", "NO_PROXY"]) ?? "")
    return exceptions.contains(host) ? nil : try ProxyURL(text)
  }

  /// The first that is set; an empty one counts as none.
  private func first(of names: [String]) -> String? {
    names.lazy.compactMap(variable).first { !$0.isEmpty }
  }
}
