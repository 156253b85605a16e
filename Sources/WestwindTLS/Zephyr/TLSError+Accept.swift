internal import SystemPackage

extension TLSError {
  /// What `accept` fails with: `ETIMEDOUT` and `ECONNABORTED` (accept(2)) are about the client alone, and the next call
  /// may have another; everything else is about this side, and will come again.
  var ofAccept: Errno {
    switch self {
    case .timedOut: .timedOut
    case .badConfiguration, .notSupported: errno
    case .system(let error): error.isOfThePeer ? .connectionAbort : error
    default: .connectionAbort
    }
  }
}

extension Errno {
  /// What a socket fails with because of the other end, or of the way to it.
  fileprivate var isOfThePeer: Bool {
    switch self {
    case .connectionReset, .brokenPipe, .connectionAbort, .timedOut, .noRouteToHost, .networkUnreachable, .networkDown:
      true
    default: false
    }
  }
}
