public import SystemPackage
internal import WestwindConnecting

extension WebSocketError {
  /// The error number that Zephyr's calls return for this.
  public var errno: Errno {
    switch self {
    case .invalidArgument: .invalidArgument
    case .badDescriptor: .badFileDescriptor
    case .notAWebSocket, .tooManyContexts: .noSuchFileOrDirectory
    case .socketInUse: .fileExists
    case .notSupported: .notSupported
    case .connect(let error): error.errno
    case .handshake, .redirect, .refused, .aborted: .connectionAbort
    case .wouldBlock, .busy: .wouldBlock
    case .timedOut, .keepAliveExpired: .timedOut
    case .notConnected: .socketNotConnected
    case .connectionLost(let error), .system(let error): error
    case .protocolViolation: .protocolError
    case .messageTooBig: .messageTooLong
    }
  }
}

extension Errno {
  /// `EPROTO`.
  static var protocolError: Errno { Errno(rawValue: 71) }
}
