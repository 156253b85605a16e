public import SystemPackage
public import WestwindSockets
public import WestwindTLS

/// Why connecting by URL failed before the handshake, or between two of them. All that was opened is closed again.
public struct WebSocketConnectError: Error, Sendable {
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
    /// The WebSocket handshake, with what follows from its answer.
    case handshake
  }

  public enum Cause: Sendable {
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
    /// A redirect that is not followed.
    case redirect(RedirectFailure)
  }

  /// What became of one address.
  public struct Attempt: Sendable, Hashable {
    public var address: SocketAddress
    /// `ETIMEDOUT` where it had not answered when the time was over.
    public var error: Errno
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

  init(_ phase: Phase, _ cause: Cause, target: String, attempts: [Attempt] = [], lookUpsBefore: Int = 0) {
    self.phase = phase
    self.cause = cause
    self.target = target
    self.attempts = attempts
    self.lookUpsBefore = lookUpsBefore
  }
}

/// What a proxy did in place of what it was asked for.
public enum ProxyFailure: Error, Sendable {
  /// It wants a user and a password (407): put them into its URL. The challenges say by which scheme; Basic is spoken.
  case authenticationRequired(HandshakeResponse)
  /// It has another status than 2xx: 403 where it does not let you, 502 and 504 where it does not reach the server.
  case refused(HandshakeResponse)
  /// What it sent is no HTTP: it is another kind of proxy, or none.
  case notHTTP(HandshakeViolation)
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

/// Why a redirect was not followed.
public enum RedirectFailure: Error, Sendable, Hashable {
  /// So many were followed, and the answer was one more.
  case tooMany(limit: Int, location: String)
  /// From `wss` to `ws`.
  case insecure(location: String)
  /// It leads away from a socket of the file system.
  case offUnixSocket(location: String)
  /// It leads from a server on the network to a socket of this machine's file system.
  case ontoUnixSocket(location: String)
  /// The `Location` is missing, there are two, or it is no URL.
  case badLocation(String)
}
