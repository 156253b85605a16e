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
    // The help of the program is that of its default command, which names the other ones.
    let arguments = Array(CommandLine.arguments.dropFirst())
    let asksForHelp = arguments.count == 1 && ["-h", "--help", "help"].contains(arguments[0])
    runProgram(asksForHelp ? ["echo", "--help"] : arguments)
  }
}
