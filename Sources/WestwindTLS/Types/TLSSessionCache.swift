internal import TLSEngine
internal import WestwindSockets

/// Sessions of servers that this process has talked to, so that the next handshake with the same one needs no
/// certificates and less arithmetic (RFC 8446 2.2, RFC 5077).
///
/// A session belongs to the name that the server had to prove, to the address at the other end of the socket, and to
/// the options under which the certificate was checked: it is never used where the check would have been another.
/// Through a proxy that address is the proxy's, so that servers of one name on several ports share their sessions there;
/// a server that does not know the session it is offered shakes hands in full. Give the same cache to all connections
/// that may share.
public final class TLSSessionCache: Sendable {
  private let sessions = SharedLock<[SessionKey: [TLSSession]]>([:])
  private let capacity: Int
  /// What a server may have waiting. TLS 1.3 sessions are used once each, and servers send two (RFC 8446 C.4).
  private static let perServer = 4

  /// - Parameter capacity: for how many servers sessions are kept; at one more, all are forgotten.
  public init(capacity: Int = 256) {
    self.capacity = max(1, capacity)
  }

  /// Forgets all sessions.
  public func removeAll() {
    sessions.withLock { $0 = [:] }
  }

  /// The newest session with a server; one of TLS 1.3 is used up by that.
  func take(for key: SessionKey) -> TLSSession? {
    sessions.withLock { sessions in
      guard let session = sessions[key]?.last else { return nil }
      if session.isForOneUse { sessions[key]?.removeLast() }
      return session
    }
  }

  func put(_ session: TLSSession, for key: SessionKey) {
    sessions.withLock { sessions in
      if sessions[key] == nil, sessions.count >= capacity { sessions = [:] }
      var kept = sessions[key] ?? []
      if kept.count >= Self.perServer { kept.removeFirst() }
      kept.append(session)
      sessions[key] = kept
    }
  }
}

/// For which connections a session will do.
struct SessionKey: Hashable, Sendable {
  var context: TLSContext.Configuration.Identity
  var hostName: String?
  var verifiesHostName: Bool
  var applicationProtocols: [String]
  var peer: String?
}
