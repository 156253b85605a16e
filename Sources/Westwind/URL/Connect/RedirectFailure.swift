internal import WestwindSockets

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

extension RedirectFailure: CustomStringConvertible {
  /// What the server did; the sentence's subject comes before it.
  public var description: String {
    switch self {
    case .tooMany(let limit, let location):
      "redirects to \(location.escaped), after \(limit) redirects, which is the limit (maxRedirects)"
    case .insecure(let location): "redirects to \(location.escaped), which has no TLS"
    case .offUnixSocket(let location): "redirects to \(location.escaped), which is not behind the same socket"
    case .ontoUnixSocket(let location): "redirects to \(location.escaped), which is a path of this machine"
    case .badLocation(let why): "redirects to nowhere: \(why.escaped)"
    }
  }
}
