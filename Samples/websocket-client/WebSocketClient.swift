import ArgumentParser
import SampleSupport

/// Connects to a WebSocket server over a TCP socket of its own, sends frames, and shows what comes back.
@main
struct WebSocketClient: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "websocket-client",
    abstract: "A WebSocket client over a socket of its own.",
    subcommands: [Echo.self, Send.self, Listen.self],
    defaultSubcommand: Echo.self)

  static func main() {
    ignoreBrokenPipes()
    var arguments = Array(CommandLine.arguments.dropFirst())
    // The help of the program is that of its default command, which names the other ones.
    if ["-h", "--help", "help"].contains(arguments.first), arguments.count == 1 { arguments = ["echo", "--help"] }
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
    end(.wrongUse("\(message) (see websocket-client --help)"))
  }

  private static func end(_ failure: Failure) -> Never {
    try? Output.standardError.write("websocket-client: \(failure.message)\n")
    exitProcess(failure.status)
  }
}
