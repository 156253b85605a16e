internal import CWestwind
internal import HTTPTypes
package import SystemPackage
internal import WebSocketProtocol
package import Westwind
internal import WestwindConnecting
internal import WestwindPlatform
internal import WestwindTLS

/// Why a function of `<westwind/...>` failed.
package enum CallFailure: Error {
  case webSocket(WebSocketError)
  /// An argument or a member of an option structure cannot be used; the text names it.
  case argument(String)
  /// A structure has something set behind what this library knows.
  case unknownOption(structure: String)
  /// A callback of the program's refused, with this number.
  case refused(CInt)

  /// What the function returns: a negative number.
  package var code: CInt {
    switch self {
    case .webSocket(let error): -error.codeOfCall.rawValue
    case .argument: -EINVAL
    case .unknownOption: -E2BIG
    case .refused(let number): number
    }
  }
}

extension CallFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .webSocket(.handshake(let error)): error.descriptionInC
    case .webSocket(let error): error.description
    case .argument(let what): what
    case .unknownOption(let structure):
      "an option is set in struct \(structure) that this version of the library does not know: "
        + "use a newer library, or leave the option out"
    case .refused(let number): "on_connect refused the connection with \(number)"
    }
  }
}

extension HandshakeError {
  /// The peer gave up TLS with an alert, which in TLS 1.3 may come with the first bytes only.
  fileprivate var isOfTLS: Bool { if case .tls = cause { true } else { false } }

  fileprivate var descriptionInC: String {
    guard case .refused(let refusal) = cause else { return description }
    return "on_request refused the client with status \(refusal.sentStatus)"
  }
}

extension WebSocketError {
  /// As `errno`, but for a handshake, which Zephyr's function has one number for: here the network's errors are told apart from
  /// the server's.
  package var codeOfCall: Errno {
    guard case .handshake(let error) = self else { return errno }
    return switch error.cause {
    case .timedOut: .timedOut
    case .connectionLost(let error): error
    case .tls(let error): error.errno
    default: .connectionAbort
    }
  }
}

// MARK: - struct westwind_error

extension UnsafeMutablePointer<westwind_error> {
  /// Writes that nothing failed. Sound: the structure has only numbers, and the program says that it is one.
  func clear() {
    unsafe UnsafeMutableRawPointer(self).initializeMemory(
      as: UInt8.self, repeating: 0, count: MemoryLayout<westwind_error>.size)
  }

  /// Writes what failed.
  ///
  /// - Parameter isServer: the failure is that of a server's half of the handshake.
  func tell(_ failure: CallFailure, isServer: Bool = false) {
    unsafe clear()
    unsafe pointee.code = failure.code
    unsafe pointee.phase = CInt(failure.phase.rawValue)
    unsafe pointee.status = CInt(clamping: failure.status(isServer: isServer))
    unsafe pointee.certificate = failure.certificate
    unsafe tell(text: failure.description)
  }

  func tell(text: String) {
    let offset = MemoryLayout<westwind_error>.offset(of: \.text)!
    // Sound: the array is the structure's last member, and its size is the header's.
    unsafe text.copy(
      to: UnsafeMutableRawBufferPointer(
        start: UnsafeMutableRawPointer(self) + offset, count: Int(WESTWIND_ERROR_TEXT_SIZE)))
  }
}

extension String {
  /// Copies the text with a NUL, cut between characters to fit; nothing if there is no room at all. Sound: within the memory's
  /// bounds.
  func copy(to memory: UnsafeMutableRawBufferPointer) {
    guard memory.count > 0 else { return }
    let bytes = Array(utf8)
    var count = min(bytes.count, memory.count - 1)
    // RFC 3629 3: the second to fourth bytes of a character.
    while count > 0, count < bytes.count, bytes[count] & 0xC0 == 0x80 { count -= 1 }
    unsafe memory.copyBytes(from: bytes.prefix(count))
    unsafe memory[count] = 0
  }
}

extension CallFailure {
  fileprivate var phase: westwind_phase {
    switch self {
    case .webSocket(let error): error.phase
    case .argument, .unknownOption: WESTWIND_PHASE_ARGUMENTS
    case .refused: WESTWIND_PHASE_HANDSHAKE
    }
  }

  /// The HTTP status that the other end refused with, or that this server did.
  fileprivate func status(isServer: Bool) -> Int {
    guard case .webSocket(let error) = self else { return 0 }
    switch error {
    case .connect(let error):
      guard case .proxy(let failure) = error.cause else { return 0 }
      return switch failure {
      case .authenticationRequired(let response), .refused(let response): response.status
      default: 0
      }
    case .handshake(let error):
      if case .refused(let refusal) = error.cause { return refusal.sentStatus }
      if isServer, case .text(let violation) = error.cause {
        // The status line of the answer: "HTTP/1.1 400 Bad Request".
        return Int(String(decoding: ServerHandshake.refusal(of: violation)[9..<12], as: UTF8.self)) ?? 0
      }
      guard let status = error.response?.status, status != 101 else { return 0 }
      return status
    default: return 0
    }
  }

  fileprivate var certificate: UInt32 {
    switch self {
    case .webSocket(.connect(let error)): if case .tls(let failure) = error.cause { failure.certificate } else { 0 }
    case .webSocket(.handshake(let error)): if case .tls(let failure) = error.cause { failure.certificate } else { 0 }
    default: 0
    }
  }
}

extension TLSError {
  /// What was wrong with the certificate: `WESTWIND_CERTIFICATE_*`; 0 for any other failure.
  var certificate: UInt32 { errno == .connectionAbort ? UInt32(bitPattern: verifyResultBit) : 0 }
}

extension HandshakeRefusal {
  /// As the client was sent it.
  fileprivate var sentStatus: Int { (300...599).contains(status) ? status : 500 }
}

extension WebSocketError {
  fileprivate var phase: westwind_phase {
    switch self {
    case .invalidArgument, .badDescriptor, .notAWebSocket, .socketInUse, .tooManyContexts, .notSupported:
      WESTWIND_PHASE_ARGUMENTS
    case .connect(let error):
      switch error.cause {
      case .invalidProxyURL, .invalidUnixPath: WESTWIND_PHASE_ARGUMENTS
      default: error.phase.inC
      }
    case .redirect: WESTWIND_PHASE_REDIRECT
    case .handshake(let error) where error.isOfTLS: WESTWIND_PHASE_TLS
    case .handshake, .refused, .system: WESTWIND_PHASE_HANDSHAKE
    default: WESTWIND_PHASE_OPEN
    }
  }
}

extension ConnectError.Phase {
  fileprivate var inC: westwind_phase {
    switch self {
    case .resolution: WESTWIND_PHASE_RESOLUTION
    case .connection: WESTWIND_PHASE_CONNECTION
    case .proxy: WESTWIND_PHASE_PROXY
    case .tls: WESTWIND_PHASE_TLS
    case .handshake: WESTWIND_PHASE_HANDSHAKE
    }
  }
}
