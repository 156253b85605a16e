/// What the environment says of proxies. The rules are curl's, which users of `http_proxy` have come to expect.
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
    guard let text = first(of: names) else { return nil }
    let exceptions = NoProxyList(first(of: ["no_proxy", "NO_PROXY"]) ?? "")
    return exceptions.contains(url.host) ? nil : try ProxyURL(text)
  }

  /// The first that is set; an empty one counts as none.
  private func first(of names: [String]) -> String? {
    names.lazy.compactMap(variable).first { !$0.isEmpty }
  }
}
