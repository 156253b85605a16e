import HTTPTypes
import SystemPackage
import Westwind

/// What to tell the user about a handshake that did not end in a WebSocket.
func handshakeFailure(_ error: WebSocketError, url: WebSocketURL, limit: Duration) -> Failure {
  switch error {
  case .invalidArgument:
    return .wrongUse("\(error); correct the flags")
  case .handshake(let failure):
    if let response = failure.response, response.status != 101 {
      return .network(
        "the server answers \(statusLine(response.status)): \(hint(failure, response, url: url))\(saying(response.body))"
      )
    }
    if case .timedOut = failure.cause {
      return .network(
        "\(url.hostField) took the connection but did not finish the handshake within \(seconds(limit)):"
          + " is it a WebSocket server? If it is slow, raise --timeout")
    }
    return .network("\(url.hostField) is no WebSocket server that works: \(failure)")
  default:
    return .network("the handshake with \(url.hostField) failed: \(error)")
  }
}

/// What the server says itself: the beginning of the body, if it is text that people can read.
func saying(_ body: [UInt8]) -> String {
  let text = String(decoding: body, as: UTF8.self)
  let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  guard !words.isEmpty, words.first != "<", !words.contains("\u{FFFD}") else { return "" }
  return "; it says: \(printable(String(words.prefix(500))))"
}

private func hint(_ failure: HandshakeError, _ response: HandshakeResponse, url: WebSocketURL) -> String {
  switch response.status {
  case 200..<300:
    return "it serves '\(url.resourceName)' as a page, not as a WebSocket; check the path of the URL"
  case 300..<400:
    let place = response.fields[.location].map { "'\(printable($0))'" } ?? "another place"
    return "it sends you to \(place); give that address as --url, with ws:// in front"
  case 401 where failure.sentCredentials:
    let schemes = response.fields[values: .wwwAuthenticate].joined(separator: ", ")
    let wanted = schemes.isEmpty ? "" : "; it wants \(printable(schemes))"
    return "it does not accept the user and password, or the 'Authorization' header, that you gave\(wanted)"
  case 426 where response.fields[.secWebSocketVersion] != nil:
    let versions = response.fields[values: .secWebSocketVersion].joined(separator: ", ")
    return "it speaks other versions of the protocol than 13: \(printable(versions))"
  case 401, 407:
    return "it wants to know who you are; write ws://user:password@ in the URL, or add --header 'Authorization: ...'"
  case 403:
    return "it does not let you in; check your credentials and add an Origin that it allows, --header 'Origin: ...'"
  case 404:
    return "nothing is at '\(url.resourceName)'; check the path of the URL"
  case 400, 426:
    return "it did not take this request; check the path, and what subprotocol and header fields it wants"
  case 429, 503:
    return "it has too much to do; try again later"
  case 500...:
    return "it has a fault of its own; look into its log"
  default:
    return "check the path of the URL and the header fields"
  }
}

/// The status with its name (RFC 9110 section 15), where a user may meet it here.
package func statusLine(_ status: Int) -> String {
  let names = [
    101: "Switching Protocols", 200: "OK", 301: "Moved Permanently", 302: "Found", 303: "See Other",
    307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 407: "Proxy Authentication Required", 426: "Upgrade Required",
    429: "Too Many Requests", 500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Gateway Timeout",
  ]
  return names[status].map { "\(status) \($0)" } ?? "\(status)"
}
