@preconcurrency import Glibc
import Synchronization

/// A program that a test starts, reads lines from, and always ends by its process identifier.
///
/// The child has three descriptors and no other of this process's: a standard input that
/// stays open until ``closeInput()``, a captured standard output, and a standard error as
/// asked for. It is terminated and reaped by ``terminate(grace:)``, and at the latest when
/// the object goes away.
public final class ChildProcess: Sendable {
  /// Where the child's standard error goes.
  public enum StandardError: Sendable {
    /// To this process's standard error.
    case inherited
    /// To the same lines as standard output.
    case merged
    /// To ``ChildProcess/takeErrors()``.
    case captured
    /// Nowhere.
    case discarded
  }

  /// How a child ended.
  public enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
    case exited(Int32)
    case signalled(Int32)

    public var description: String {
      switch self {
      case .exited(let code): "exit status \(code)"
      case .signalled(let number): "ended by signal \(number)"
      }
    }
  }

  /// The process identifier; another process's once this one is reaped.
  public let processIdentifier: Int32
  let name: String
  let state: Mutex<State>

  struct State {
    var input: CInt
    var output: Stream
    var errors: Stream
    var status: ExitStatus?
  }

  /// Our end of a pipe from the child, and what has come out of it.
  struct Stream {
    var descriptor: CInt
    var bytes: [UInt8] = []
    /// So many of the bytes hold no newline.
    var searched = 0
    var isOpen: Bool { descriptor >= 0 }
  }

  /// Starts the program at `path`.
  ///
  /// - Parameters:
  ///   - path: The program; see ``Tool/find(_:)`` and ``peerProgram(_:)``.
  ///   - arguments: What follows the program's name.
  ///   - environment: Variables to set beside those of this process.
  ///   - standardError: Where the child's standard error goes.
  public init(
    _ path: String, _ arguments: [String] = [], environment: [String: String] = [:],
    standardError: StandardError = .inherited
  ) throws(TestSupportError) {
    var input = try Pair.socket()
    defer { input.close() }
    var output = try Pair.pipe()
    defer { output.close() }
    var errors = standardError == .captured ? try Pair.pipe() : Pair(ours: -1, theirs: -1)
    defer { errors.close() }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input.theirs, 0)
    posix_spawn_file_actions_adddup2(&actions, output.theirs, 1)
    switch standardError {
    case .inherited: break
    case .merged: posix_spawn_file_actions_adddup2(&actions, output.theirs, 2)
    case .captured: posix_spawn_file_actions_adddup2(&actions, errors.theirs, 2)
    case .discarded: posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    }
    addCloseFrom(&actions, 3)

    // a child begins with no signal blocked and SIGPIPE as usual, whatever this process does
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    var process = pid_t()
    let status = withCStrings([path] + arguments) { arguments in
      withCStrings(variables(adding: environment)) { environment in
        posix_spawn(&process, path, &actions, &attributes, arguments, environment)
      }
    }
    guard status == 0 else { throw TestSupportError("cannot start \(path): \(errorText(status))") }
    processIdentifier = process
    name = String(path.split(separator: "/").last ?? "")
    state = Mutex(
      State(
        input: input.takeOurs(), output: Stream(descriptor: output.takeOurs()),
        errors: Stream(descriptor: errors.takeOurs())))
  }

  deinit {
    terminate()
  }
}

/// Two connected descriptors, closed unless taken.
private struct Pair {
  var ours: CInt
  var theirs: CInt

  static func pipe() throws(TestSupportError) -> Pair {
    var ends: [CInt] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw TestSupportError("pipe2: \(errorText())") }
    return Pair(ours: ends[0], theirs: ends[1])
  }

  // a socket, since a write to a pipe that nobody reads raises SIGPIPE
  static func socket() throws(TestSupportError) -> Pair {
    var ends: [CInt] = [-1, -1]
    let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else {
      throw TestSupportError("socketpair: \(errorText())")
    }
    return Pair(ours: ends[0], theirs: ends[1])
  }

  mutating func takeOurs() -> CInt {
    defer { ours = -1 }
    return ours
  }

  mutating func close() {
    for end in [ours, theirs] where end >= 0 { _ = Glibc.close(end) }
  }
}

/// This process's environment with some variables set, as `NAME=value`.
private func variables(adding changes: [String: String]) -> [String] {
  var variables: [String] = []
  var next = environ
  while let entry = next.pointee {
    let variable = String(cString: entry)
    let name = variable.prefix { $0 != "=" }
    if changes[String(name)] == nil { variables.append(variable) }
    next += 1
  }
  return variables + changes.map { "\($0)=\($1)" }
}

/// Calls `body` with a C array of C strings that ends in a null pointer.
private func withCStrings<R>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
) -> R {
  let pointers = strings.map { strdup($0) }
  defer { pointers.forEach { free($0) } }
  return body(pointers + [nil])
}
