import SystemPackage
import Testing
import Westwind

/// What a call throws. It is a failed test if it throws nothing, or an error of another kind.
func failure<R>(
  of call: () throws -> R, sourceLocation: SourceLocation = #_sourceLocation
) -> WebSocketError? {
  do {
    let result = try call()
    Issue.record("it was to throw, and returned \(result)", sourceLocation: sourceLocation)
  } catch let error as WebSocketError {
    return error
  } catch {
    Issue.record("it threw \(error)", sourceLocation: sourceLocation)
  }
  return nil
}

/// The error number that a socket call throws.
func errno<R>(
  of call: () throws -> R, sourceLocation: SourceLocation = #_sourceLocation
) -> Errno? {
  do {
    let result = try call()
    Issue.record("it was to throw, and returned \(result)", sourceLocation: sourceLocation)
  } catch let error as Errno {
    return error
  } catch {
    Issue.record("it threw \(error)", sourceLocation: sourceLocation)
  }
  return nil
}

/// Errors are the same where they say the same.
func == (one: WebSocketError?, other: WebSocketError) -> Bool {
  one?.errno == other.errno && one?.description == other.description
}

extension WebSocketError {
  /// What is wrong with the handshake; nil where the error is another.
  var handshake: HandshakeError? {
    if case .handshake(let error) = self { error } else { nil }
  }
}

/// How long a call took.
func elapsed(_ call: () throws -> Void) rethrows -> Duration {
  try ContinuousClock().measure(call)
}
