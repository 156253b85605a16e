internal import HTTPTypes
public import SystemPackage
internal import WestwindSockets
internal import WestwindTLS

extension ConnectError: CustomStringConvertible {
  public var description: String {
    proxyVariable.map { "\(what) (the proxy is from the environment: \($0))" } ?? what
  }

  private var what: String {
    switch cause {
    case .invalidProxyURL(let error): "the proxy's URL cannot be used: \(error)"
    case .invalidUnixPath:
      "'\(target.escaped)' cannot be a socket's path: it has to have 1 to 107 bytes, and no NUL"
    case .timedOut: "the time was over \(during)\(tried)"
    case .resolution(let error): error.description.escaped
    case .unreachable: "cannot connect to \(target.escaped)\(tried)"
    case .proxy(let failure): "the proxy \(target.escaped) \(failure.description)"
    case .tls(let error): "TLS with \(target.escaped) failed: \(error.description.escaped)"
    }
  }

  private var during: String {
    let target = target.escaped
    return switch phase {
    case .resolution where lookUpsBefore > 0:
      "before the address of \(target) could be looked up:"
        + " \(lookUpsBefore) other look-ups, which is the limit, wait for the name server"
    case .resolution: "while the address of \(target) was looked up: the name server does not answer"
    case .connection: "while connecting to \(target)"
    case .proxy: "while the proxy \(target) was asked for the connection"
    case .tls: "during the TLS handshake with \(target)"
    case .handshake: "during the handshake with \(target)"
    }
  }

  private var tried: String {
    guard !attempts.isEmpty else { return "" }
    let list = attempts.map { attempt in
      let what = attempt.error == .timedOut ? "no answer" : "\(attempt.error)"
      return "\(attempt.address)".escaped + ": \(what)"
    }
    return " (\(list.joined(separator: "; ")))"
  }

  /// The error number that comes nearest.
  public var errno: Errno {
    switch cause {
    case .invalidProxyURL, .invalidUnixPath: .invalidArgument
    case .timedOut: .timedOut
    case .resolution: .noRouteToHost
    case .unreachable: attempts.first?.error ?? .noRouteToHost
    case .tls(let error): error.errno
    case .proxy: .connectionAbort
    }
  }
}

extension ProxyFailure: CustomStringConvertible {
  /// What the proxy did; the sentence's subject comes before it.
  public var description: String {
    switch self {
    case .authenticationRequired(let response) where response.sentCredentials:
      "does not accept the user and the password in its URL (status 407\(Self.challenges(response)))"
        + (Self.speaksBasic(response) ? "" : ": they are sent by Basic only")
    case .authenticationRequired(let response):
      "wants a user and a password (status 407\(Self.challenges(response))): put them into its URL"
    case .refused(let response): "refuses the connection with status \(response.status)"
    case .notHTTP(let why): "is not an HTTP proxy that works: \(why)"
    case .unexpectedBytes(let count): "sent \(count) bytes behind its answer, which nobody can have asked for"
    case .closed: "closed the connection without an answer"
    case .connectionLost(let error): "was lost: \(error)"
    case .notSOCKS: "does not speak SOCKS version 5"
    case .noAcceptableMethod: "takes none of the ways to log in that its URL allows: with user and password, or without"
    case .credentialsRefused: "does not take the user and the password in its URL"
    case .socks(let reply): "refuses the connection: \(reply.description)"
    case .tooLongForSOCKS: "cannot be told the host's name, user or password: SOCKS has room for 255 bytes"
    }
  }

  private static func speaksBasic(_ response: ProxyResponse) -> Bool {
    let schemes = response.fields.challengeSchemes(.proxyAuthenticate)
    return schemes.isEmpty || schemes.contains { $0.lowercased() == "basic" }
  }

  private static func challenges(_ response: ProxyResponse) -> String {
    let challenges = response.fields[values: .proxyAuthenticate]
    return challenges.isEmpty ? "" : ", \(challenges.joined(separator: ", ").escaped)"
  }
}

extension SOCKSReply: CustomStringConvertible {
  public var description: String {
    switch rawValue {
    case 1: "general failure"
    case 2: "not allowed by its rules"
    case 3: "the network is unreachable"
    case 4: "the host is unreachable"
    case 5: "the server refused the connection"
    case 6: "the time to live expired"
    case 7: "it does not know the command"
    case 8: "it does not know this type of address"
    default: "reply \(rawValue)"
    }
  }
}
