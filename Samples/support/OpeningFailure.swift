import HTTPTypes
import SystemPackage
package import Westwind

/// What to tell the user about a URL that did not become an open WebSocket.
package func openingFailure(_ error: WebSocketError, url: WebSocketURL, limit: Duration) -> Failure {
  switch error {
  case .connect(let error): connectFailure(error, limit: limit)
  case .redirect(let failure, from: let url): .network("\(printable(url)) \(failure)")
  default: handshakeFailure(error, url: url, limit: limit)
  }
}

/// What to tell the user about a server that was not reached.
package func connectFailure(_ error: ConnectError, limit: Duration) -> Failure {
  let target = printable(error.target)
  let proxySource = error.proxyVariable.map { "the variable \($0) of the environment" } ?? "--proxy"
  switch error.cause {
  case .invalidProxyURL where error.proxyVariable != nil:
    return .wrongUse("\(error); correct \(proxySource), or switch it off with --proxy none")
  case .invalidProxyURL, .invalidUnixPath:
    return .wrongUse("\(error); correct the flags")
  case .timedOut:
    return .network("\(timeout(error.phase, target)) within \(seconds(limit)): check it, or raise --timeout")
  case .resolution(let resolution):
    return .network(
      "cannot find the host '\(printable(resolution.host))': \(resolution.reason); check its name and the name server")
  case .unreachable:
    let attempts = error.attempts.map { attempt in
      attempt.error == .connectionRefused
        ? "\(attempt.address) refuses the connection" : "\(attempt.address): \(attempt.error)"
    }
    let areAllRefused = error.attempts.allSatisfy { $0.error == .connectionRefused }
    let advice = areAllRefused ? "is a server listening there?" : "check the address and the network"
    // A proxy is named by its URL.
    let source = error.proxyVariable.map { " of \($0)" } ?? ""
    let proxy = error.target.contains("://") ? "the proxy \(target)\(source) is not there: " : ""
    return .network("\(proxy)\(printable(attempts.joined(separator: ", "))): \(advice)")
  case .proxy(let failure):
    let body =
      switch failure {
      case .authenticationRequired(let response), .refused(let response): saying(response.body)
      default: ""
      }
    return .network(
      "the proxy \(target) \(failure); check \(proxySource), or switch it off with --proxy none\(body)")
  case .tls(.badConfiguration(let mistake)):
    return .wrongUse("\(printable(mistake)); correct --ca, --cert or --key")
  case .tls(let failure):
    return .network("TLS with \(target) failed: \(printable("\(failure)"))\(hint(failure))")
  }
}

private func timeout(_ phase: ConnectError.Phase, _ target: String) -> String {
  switch phase {
  case .resolution: "no answer to the name '\(target)' from the name server"
  case .connection: "no answer from \(target)"
  case .proxy: "the proxy \(target) did not open the connection"
  case .tls: "\(target) took the connection but did not finish the TLS handshake"
  case .handshake: "\(target) did not finish the handshake"
  }
}

/// What a user can do about a certificate.
private func hint(_ error: TLSError) -> String {
  switch error {
  case .selfSigned, .unknownAuthority, .missingIntermediate:
    "; name the authority's certificate with --ca, or look away with --insecure"
  case .noTrustedRoots: " with --ca"
  case .hostNameMismatch, .addressMismatch:
    "; give the name it is for, or look away with --insecure"
  case .alert(116, _):
    "; show one with --cert and --key"
  case .notPinned:
    "; if the server has a new key, give that with --pin"
  default: ""
  }
}
