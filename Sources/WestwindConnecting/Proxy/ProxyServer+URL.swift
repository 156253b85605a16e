extension ProxyServer {
  /// Where the proxy is; nil for none.
  ///
  /// - Parameters:
  ///   - host: the server that is to be reached.
  ///   - environment: what is asked for `.environment`.
  ///   - variables: those that may name a proxy, the one that counts most first.
  func url(
    for host: String, in environment: ProxyEnvironment, variables: [String]
  ) throws(ConnectError) -> ProxyURL? {
    do throws(ServerURLError) {
      return switch self {
      case .none: nil
      case .environment: try environment.proxy(for: host, variables: variables)
      case .url(let text): try ProxyURL(text)
      }
    } catch {
      throw ConnectError(.proxy, .invalidProxyURL(error), target: host)
    }
  }
}
