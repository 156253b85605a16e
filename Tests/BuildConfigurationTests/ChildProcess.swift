import Glibc

/// Runs a program to its end. The status is 128 plus the signal's number when a signal ended it, as in a shell.
///
/// The child gets a small environment of our own, so that neither Kconfig's nor Python's variables change a result.
///
/// - Returns: The exit status, and standard output and standard error together.
func run(_ argv: [String]) throws -> (status: CInt, output: String) {
  // A file, not a pipe: a child that another test starts meanwhile may hold it too without keeping us waiting.
  guard let file = tmpfile() else { throw ChildProcessError(call: "tmpfile", code: errno) }
  defer { fclose(file) }
  let descriptor = fileno(file)

  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_adddup2(&actions, descriptor, STDOUT_FILENO)
  posix_spawn_file_actions_adddup2(&actions, descriptor, STDERR_FILENO)

  var process = pid_t()
  let code = withCStrings(argv) { argv in
    withCStrings(environment()) { posix_spawnp(&process, argv[0]!, &actions, nil, argv, $0) }
  }
  guard code == 0 else { throw ChildProcessError(call: "posix_spawnp \(argv[0])", code: code) }

  var status: CInt = 0
  while waitpid(process, &status, 0) < 0 {
    guard errno == EINTR else { throw ChildProcessError(call: "waitpid", code: errno) }
  }
  lseek(descriptor, 0, SEEK_SET)
  let output = readToEnd(descriptor)
  let signal = status & 0x7f
  return (signal == 0 ? (status >> 8) & 0xff : 128 + signal, String(decoding: output, as: UTF8.self))
}

struct ChildProcessError: Error {
  let call: String
  let code: CInt
}

func readToEnd(_ descriptor: CInt) -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 16384)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    if count > 0 {
      bytes += chunk[..<count]
    } else if count == 0 || errno != EINTR {
      return bytes
    }
  }
}

private func environment() -> [String] {
  // The runtime's libraries, and where an instrumented program reports to.
  let passedOn = ["PATH", "LD_LIBRARY_PATH", "LLVM_PROFILE_FILE", "ASAN_OPTIONS", "TSAN_OPTIONS"]
  return passedOn.compactMap { name in getenv(name).map { "\(name)=\(String(cString: $0))" } }
}

private func withCStrings<Result>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
