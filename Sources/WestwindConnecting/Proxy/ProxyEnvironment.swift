internal import WestwindSockets

/// What the environment says of proxies. Which variable counts, and what `no_proxy` means, is as with curl, which is
/// what users of `http_proxy` have come to expect. The value is read otherwise in two points: without a port an HTTP
/// proxy is at 80 (`ProxyURL`), where curl takes 1080, and a path behind it is an error, where curl passes over it.
struct ProxyEnvironment {
  /// The value of a variable; nil where it is not set.
  let variable: (String) -> String?

  init(variable: @escaping (String) -> String? = environmentVariable) {
    self.variable = variable
  }

  /// The variable that names the proxy for a host; nil for none.
  ///
  /// - Parameter variables: those that may name one: the first that is set counts.
  func setting(for host: String, variables: [String]) -> (variable: String, value: String)? {
    // An address of the link means something on this machine only.
    guard SocketAddress.zone(of: host) == nil, let setting = first(of: variables) else { return nil }
    let exceptions = NoProxyList(first(of: ["no_proxy", "NO_PROXY"])?.value ?? "")
    return exceptions.contains(host) ? nil : setting
  }

  /// The first that is set; an empty one counts as none.
  private func first(of names: [String]) -> (variable: String, value: String)? {
    for name in names {
      if let value = variable(name), !value.isEmpty { return (name, value) }
    }
    return nil
  }
}
