import Glibc
import WestwindTestSupport

/// What one run of the built sample gave.
struct Outcome {
  var status: ChildProcess.ExitStatus
  var output: String
  var errors: String

  /// The lines on standard error, without an empty one at the end.
  var errorLines: [Substring] { errors.split(separator: "\n") }
}

enum Sample {
  static let path = path(of: "websocket-client")

  /// A sample beside the program that runs these tests.
  static func path(of name: String) -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let length = buffer.withUnsafeMutableBytes {
      readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    let program = String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
    return program.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
  }

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
