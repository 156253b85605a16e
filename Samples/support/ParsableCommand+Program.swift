package import ArgumentParser

extension ParsableCommand {
  /// Runs the program, and ends it with its exit code where it fails: what went wrong is one line on standard error.
  package static func runProgram(_ arguments: [String]? = nil) {
    ignoreBrokenPipes()
    do {
      var command = try parseAsRoot(arguments)
      try command.run()
    } catch let failure as Failure {
      end(failure)
    } catch {
      end(parsing: error)
    }
  }

  /// Ends with what the argument parser has to say: help on standard output, or one line on standard error.
  private static func end(parsing error: any Error) -> Never {
    guard exitCode(for: error) != .success else {
      try? Output.standardOutput.write(fullMessage(for: error) + "\n")
      exitProcess(.done)
    }
    let message = message(for: error).split(separator: "\n").joined(separator: " ")
    end(.wrongUse("\(message) (see \(programName) --help)"))
  }

  private static func end(_ failure: Failure) -> Never {
    try? Output.standardError.write("\(programName): \(failure.message)\n")
    exitProcess(failure.status)
  }

  private static var programName: String { configuration.commandName ?? "program" }
}
