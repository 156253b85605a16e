import ArgumentParser

/// Measures this library beside the raw socket and beside other libraries.
@main
struct WestwindBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "westwind-bench",
    abstract: "Measure this library beside the raw socket and beside other libraries.",
    discussion: "Scripts/bench builds what this needs, and calls it.",
    subcommands: [Run.self, Client.self], defaultSubcommand: Run.self)
}
