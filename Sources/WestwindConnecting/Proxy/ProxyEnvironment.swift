/// What the environment says of proxies. Which variable counts, and what `no_proxy` means, is as with curl, which is
/// what users of `http_proxy` have come to expect. The value is read otherwise in two points: without a port an HTTP
/// proxy is at 80 (`ProxyURL`), where curl takes 1080, and a path behind it is an error, where curl passes over it.
struct ProxyEnvironment {
  /// The value of a variable; nil where it is not set.
  let variable: (String) -> String?

  init(variable: @escaping (String) -> String? = environmentVariable) {
    self.variable = variable
  }

  /// The proxy for a host; nil for none.
  ///
  /// - Parameter variables: those that may name one: the first that is set counts.
  func proxy(for host: String, variables: [String]) throws(ServerURLError) -> ProxyURL? {
    guard let text = first(of: variables) else { return nil }
    let exceptions = NoProxyList(first(of: ["no_proxy", "NO_PROXY"]) ?? "")
    return exceptions.contains(host) ? nil : try ProxyURL(text)
  }

  /// The first that is set; an empty one counts as none.
  private func first(of names: [String]) -> String? {
    names.lazy.compactMap(variable).first { !$0.isEmpty }
  }
}
