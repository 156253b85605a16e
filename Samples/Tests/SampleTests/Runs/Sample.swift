import SampleTestSupport

/// What one run of the built sample gave.
struct Outcome {
  var status: ChildProcess.ExitStatus
  var output: String
  var errors: String

  /// The lines on standard error, without an empty one at the end.
  var errorLines: [Substring] { errors.split(separator: "\n") }
}

enum Sample {
  static let path = builtProgram("websocket-client")

  static func run(_ arguments: String..., input: [UInt8] = []) throws -> Outcome {
    try run(arguments, input: input)
  }

  static func run(_ arguments: [String], input: [UInt8] = []) throws -> Outcome {
    let (status, output, errors) = try ChildProcess.run(path, arguments, input: input)
    return Outcome(status: status, output: output, errors: errors)
  }

  /// Runs a command line of the shell in which `$sample` is the program.
  static func shell(_ command: String) throws -> Outcome {
    let (status, output, errors) = try ChildProcess.run("/bin/sh", ["-c", command], environment: ["sample": path])
    return Outcome(status: status, output: output, errors: errors)
  }
}
