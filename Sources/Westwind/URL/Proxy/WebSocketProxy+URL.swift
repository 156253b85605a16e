extension WebSocketProxy {
  /// Where the proxy is; nil for none.
  ///
  /// - Parameter choice: asks the environment, for the server that is meant.
  func url(
    fromEnvironment choice: (ProxyEnvironment) throws(WebSocketURLError) -> ProxyURL?
  ) throws(WebSocketError) -> ProxyURL? {
    do throws(WebSocketURLError) {
      return switch self {
      case .none: nil
      case .environment: try choice(ProxyEnvironment())
      case .url(let text): try ProxyURL(text)
      }
    } catch {
      throw .invalidArgument(.proxy(error))
    }
  }
}
