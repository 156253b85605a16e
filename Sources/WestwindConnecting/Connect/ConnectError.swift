public import HTTPTypes
public import SystemPackage
public import WestwindSockets
public import WestwindTLS

/// Why a server was not reached by name or by URL. All that was opened is closed again.
public struct ConnectError: Error, Sendable {
  /// The stretch of the way on which it failed.
  public enum Phase: Sendable, Hashable, CaseIterable {
    /// The look-up of the name of the server, or of the proxy.
    case resolution
    /// Connecting to the addresses, or to the path.
    case connection
    /// What is said to the proxy, its own TLS included.
    case proxy
    /// TLS with the server.
    case tls
    /// The handshake of the protocol on top, such as a WebSocket's. No `ConnectError` has this phase, since that
    /// handshake fails with an error of its own; `WebSocketError.timedOutPhase` returns it.
    case handshake
  }

  public enum Cause: Sendable {
    /// The proxy's URL, in the options or in the environment, cannot be used. Nothing was opened. Correct it.
    case invalidProxyURL(ServerURLError)
    /// The path in the options is none that a socket can have: empty, with NUL in it, or longer than 107 bytes. Nothing
    /// was opened. Correct it.
    case invalidUnixPath
    /// The time was over. Try again, with more time, or look at what does not answer.
    case timedOut
    /// The name has no address. Look at the name, and at the name server.
    case resolution(ResolutionError)
    /// No address could be connected to; `attempts` says why for each.
    case unreachable
    /// The proxy did not do what it was asked for.
    case proxy(ProxyFailure)
    /// TLS failed, with the server or, in the phase `proxy`, with the proxy: the certificate is not trusted, say.
    case tls(TLSError)
  }

  /// What became of one address.
  public struct Attempt: Sendable, Hashable {
    public var address: SocketAddress
    /// `ETIMEDOUT` where it had not answered when the time was over.
    public var error: Errno

    public init(address: SocketAddress, error: Errno) {
      self.address = address
      self.error = error
    }
  }

  public var phase: Phase
  public var cause: Cause
  /// What was to be reached: host and port, the proxy's URL without its user, or a path.
  public var target: String
  /// The addresses tried, in the order in which they were, where none answered.
  public var attempts: [Attempt] = []
  /// The name was not looked up, since so many other look-ups, which is the limit, were under way until the time was
  /// over: look at the name server, which does not answer them. 0 for every other failure.
  public var lookUpsBefore = 0
  /// The variable of the environment that names the proxy with which it failed; nil if that, or another failure, is not from
  /// there.
  public var proxyVariable: String?

  /// Makes an error, as a transport of a program's own may want to.
  public init(_ phase: Phase, _ cause: Cause, target: String, attempts: [Attempt] = [], lookUpsBefore: Int = 0) {
    self.phase = phase
    self.cause = cause
    self.target = target
    self.attempts = attempts
    self.lookUpsBefore = lookUpsBefore
  }

  static func invalidUnixPath(_ path: String) -> ConnectError {
    ConnectError(.connection, .invalidUnixPath, target: path)
  }
}

/// What a proxy did in place of what it was asked for.
public enum ProxyFailure: Error, Sendable {
  /// It wants a user and a password (407): put them into its URL, or, if `sentCredentials` says that they were there, correct
  /// them. The challenges say by which scheme; Basic is spoken.
  case authenticationRequired(ProxyResponse)
  /// It has another status than 2xx: 403 where it does not let you, 502 and 504 where it does not reach the server.
  case refused(ProxyResponse)
  /// What it sent is no HTTP, and why: it is another kind of proxy, or none.
  case notHTTP(String)
  /// It sent so many bytes behind its answer, before it was sent any: they would be taken for the server's.
  case unexpectedBytes(Int)
  /// It closed the connection before its answer was whole.
  case closed
  case connectionLost(Errno)
  /// What it sent is no SOCKS version 5.
  case notSOCKS
  /// It takes none of the ways to say who one is that the URL allows: with user and password where it has them,
  /// without where it has none.
  case noAcceptableMethod
  /// It did not take user and password.
  case credentialsRefused
  /// Its reply says no, and why.
  case socks(SOCKSReply)
  /// A host's name, or a user or a password, is over the 255 bytes that SOCKS has room for.
  case tooLongForSOCKS
}

/// The replies of a SOCKS proxy that say no (RFC 1928 6).
public struct SOCKSReply: RawRepresentable, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }
}

/// What an HTTP proxy answered to CONNECT, in place of opening the connection.
public struct ProxyResponse: Sendable, Hashable {
  public var status: Int
  /// The words behind the status, for people to read; may be empty.
  public var reason: String
  public var fields: HTTPFields
  /// The beginning of the body, of a bounded size.
  public var body: [UInt8]
  /// The proxy had been told the user and the password of its URL: with the status 407 it does not accept them.
  public var sentCredentials = false
}
