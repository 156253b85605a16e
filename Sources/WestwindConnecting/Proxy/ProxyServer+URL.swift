extension ProxyServer {
  /// Where the proxy is, and the variable of the environment that says so; nil for none.
  ///
  /// - Parameters:
  ///   - host: the server that is to be reached.
  ///   - environment: what is asked for `.environment`.
  ///   - variables: those that may name a proxy, the one that counts most first.
  func url(
    for host: String, in environment: ProxyEnvironment, variables: [String]
  ) throws(ConnectError) -> (url: ProxyURL, variable: String?)? {
    let (text, variable): (String, String?)
    switch self {
    case .none: return nil
    case .url(let url): (text, variable) = (url, nil)
    case .environment:
      guard let setting = environment.setting(for: host, variables: variables) else { return nil }
      (text, variable) = (setting.value, setting.variable)
    }
    do throws(ServerURLError) {
      return (try ProxyURL(text), variable)
    } catch {
      var failure = ConnectError(.proxy, .invalidProxyURL(error), target: host)
      failure.proxyVariable = variable
      throw failure
    }
  }
}
