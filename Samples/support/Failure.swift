/// What the process tells its caller when it ends.
package enum ExitStatus: CInt {
  /// All was done.
  case done = 0
  /// The peer or the network failed.
  case peerFailed = 1
  /// The command line asks for something that cannot be.
  case wrongUse = 2
}

/// Why the program ends early: one line that says what to do.
package struct Failure: Error {
  package var status: ExitStatus
  package var message: String

  package static func network(_ message: String) -> Failure {
    Failure(status: .peerFailed, message: message)
  }

  package static func wrongUse(_ message: String) -> Failure {
    Failure(status: .wrongUse, message: message)
  }
}
