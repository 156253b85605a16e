import ArgumentParser
import BenchmarkSupport
import FoundationEssentials
import Glibc
import SystemPackage

/// `run`: the comparison.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the workloads with all clients in turns, and print medians and ratios.")

  @Option(help: ArgumentHelp("The folder of the server, the baselines and the peers.", valueName: "path"))
  var programs = ".build/bench"

  @Option(help: ArgumentHelp("How often each client runs a workload.", valueName: "n"))
  var rounds = 5

  @Option(help: ArgumentHelp("How long a run is to take.", valueName: "seconds"))
  var seconds = 0.4

  @Option(help: ArgumentHelp("Only workloads whose title begins like this; may be given again.", valueName: "text"))
  var only: [String] = []

  @Option(help: ArgumentHelp("Only these clients, and the raw socket; may be given again.", valueName: "name"))
  var client: [String] = []

  @Option(help: ArgumentHelp("Where all figures go, as JSON.", valueName: "path"))
  var json: String?

  @Option(help: ArgumentHelp("Where the chart goes, as SVG.", valueName: "path"))
  var svg: String?

  func validate() throws {
    guard rounds > 0, seconds > 0 else { throw ValidationError("--rounds and --seconds are more than 0") }
  }

  func run() throws {
    let rounds = Rounds(
      clients: try clients(), server: "\(programs)/server", rounds: rounds, seconds: seconds)
    let items = Plan.items.filter { item in only.isEmpty || only.contains { item.title.hasPrefix($0) } }
    guard !items.isEmpty else {
      throw ValidationError("no workload's title begins with '\(only.joined(separator: "', '"))'")
    }
    var outcomes: [Outcome] = []
    for item in items {
      say(item.title)
      let outcome = try rounds.measure(item)
      outcomes.append(outcome)
      print(outcome.table)
      fflush(nil)
    }
    print(summary(outcomes))
    if let json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      try encoder.encode(outcomes).write(to: URL(filePath: json))
    }
    if let svg { try Data(Chart(outcomes).svg.utf8).write(to: URL(filePath: svg)) }
  }

  /// The baselines, ourselves, and the peers that are there.
  private func clients() throws -> [BenchClient] {
    let peers = ["lws", "wslay", "beast", "gorilla", "picows", "websockets", "nio"]
    let others = (Baseline.names + peers).compactMap { name -> BenchClient? in
      let program = "\(programs)/\(name)"
      guard access(program, X_OK) == 0 else { return nil }
      return BenchClient(name: name, program: program, arguments: [])
    }
    guard others.contains(where: { $0.name == "raw" }) else {
      throw ValidationError("'\(programs)' has no 'raw': Scripts/bench builds it")
    }
    let us = BenchClient(name: ourName, program: "/proc/self/exe", arguments: ["client"])
    return (others + [resolved(us)]).filter { client.isEmpty || $0.name == "raw" || client.contains($0.name) }
  }

  /// With the path of this program, which the child cannot ask for.
  private func resolved(_ client: BenchClient) -> BenchClient {
    guard let path = realpath(client.program, nil) else { return client }
    defer { free(path) }
    return BenchClient(name: client.name, program: String(cString: path), arguments: client.arguments)
  }
}

/// What goes on, for whoever watches.
func say(_ text: String) {
  _ = try? FileDescriptor.standardError.writeAll("bench: \(text)\n".utf8)
}
