import Testing
import Westwind

/// What a call throws. It is a failed test if it throws nothing, or an error of another kind.
func failure<R: ~Copyable>(
  of call: () throws -> R, sourceLocation: SourceLocation = #_sourceLocation
) -> WebSocketError? {
  do {
    _ = try call()
    Issue.record("it was to throw", sourceLocation: sourceLocation)
  } catch let error as WebSocketError {
    return error
  } catch {
    Issue.record("it threw \(error)", sourceLocation: sourceLocation)
  }
  return nil
}

extension WebSocketError {
  var connect: ConnectError? {
    if case .connect(let error) = self { error } else { nil }
  }

  var redirectFailure: RedirectFailure? {
    if case .redirect(let failure, from: _) = self { failure } else { nil }
  }
}

extension ConnectError {
  var isTimeout: Bool {
    if case .timedOut = cause { true } else { false }
  }

  var proxyFailure: ProxyFailure? {
    if case .proxy(let failure) = cause { failure } else { nil }
  }
}

/// No proxy, whatever the environment says.
var direct: ConnectOptions {
  var options = ConnectOptions()
  options.proxy = .none
  return options
}

/// A request that has so many redirects followed.
func following(_ redirects: Int) -> WebSocketRequest {
  var request = WebSocketRequest()
  request.maxRedirects = redirects
  return request
}

func through(_ proxy: String) -> ConnectOptions {
  var options = ConnectOptions()
  options.proxy = .url(proxy)
  return options
}
