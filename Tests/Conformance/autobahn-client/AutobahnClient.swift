import ArgumentParser
import Glibc

/// Drives an Autobahn fuzzing server through its cases with this package's client.
@main
struct AutobahnClient: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "autobahn-client",
    abstract: "Run the cases of an Autobahn fuzzing server against the WebSocket client.",
    discussion: """
      Each case is a connection on which every message is echoed until the server closes. The server judges; \
      it writes its reports when all cases have run.

      Exit status: 0 all cases ran, 1 the server failed or a case stalled, 2 wrong use.
      """)

  @Argument(help: "The server, as ws://HOST[:PORT] or wss://HOST[:PORT].")
  var url: FuzzingServer

  @Option(help: "The certificate of the authority (PEM) that a wss server's is checked by.")
  var ca: String?

  @Option(help: "The name of the client in the server's reports.")
  var agent = "westwind"

  @Option(help: "Run only the cases with this id, such as 5.15 or '9.*'. May be given more than once.")
  var cases: [CasePattern] = []

  func run() throws {
    var url = url
    url.authorities = ca
    let count = try url.caseCount()
    let progress = Progress(total: count)
    var stalled = 0
    for number in 1...max(1, count) where number <= count {
      let id = try url.caseID(number)
      guard cases.isEmpty || cases.contains(where: { $0.matches(id) }) else {
        progress.skipped(number)
        continue
      }
      progress.began(number, id)
      do {
        try url.runCase(number, agent: agent)
      } catch {
        stalled += 1
        progress.note("case \(id): \(error)")
      }
    }
    try url.updateReports(agent: agent)
    progress.ended(agent: agent)
    if stalled > 0 { throw ExitCode(1) }
  }

  /// As the parser's own, with exit status 2 for wrong use.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      switch exitCode(for: error) {
      case .validationFailure:
        printError(fullMessage(for: error))
        Glibc.exit(2)
      case .success:
        print(fullMessage(for: error))
        Glibc.exit(0)
      default:
        if !(error is ExitCode) { printError("autobahn-client: \(error)") }
        Glibc.exit(1)
      }
    }
  }
}
