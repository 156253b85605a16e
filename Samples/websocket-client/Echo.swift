import ArgumentParser
import SampleSupport
import WebSocketProtocol
import Westwind

/// The default command: send frames, check every echo, show what happened.
struct Echo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send frames to a WebSocket echo server and check every echo.",
    usage: """
      websocket-client [<options>]
      websocket-client send --url <url> <file>
      websocket-client listen --url <url>
      """,
    discussion: """
      With no --url it starts an echo server of its own in this process and talks to that.

      'send' streams a file as binary frames; 'listen' prints what arrives. \
      See 'websocket-client send --help' and 'websocket-client listen --help'.

      Exit codes: 0 done, 1 the peer or the network failed, 2 wrong use.
      """,
    shouldDisplay: false)

  @Option(
    help: "Connect to ws://host:port/path, wss://, or ws+unix:///socket:/path.", transform: WebSocketURL.argument)
  var url: WebSocketURL?

  @Option(help: ArgumentHelp("Payload of each frame.", valueName: "bytes"))
  var size = 125

  @Option(help: ArgumentHelp("How many frames to send.", valueName: "n"))
  var count = 1000

  @Flag(help: "Send text; by default binary.")
  var text = false

  @Option(help: ArgumentHelp("Send each one in fragments of at most this payload.", valueName: "bytes"))
  var fragment: Int?

  @Option(help: "The calls to use: sendMsg and received frames, or send and recv.")
  var api = API.msg

  @Flag(help: "Print one JSON object instead.")
  var json = false

  @OptionGroup var options: ConnectionOptions

  func validate() throws {
    guard (0...1 << 30).contains(size) else {
      throw ValidationError("--size must be between 0 and 1073741824 bytes (1 GiB)")
    }
    guard count > 0 else { throw ValidationError("--count must be 1 or more") }
    if let fragment, fragment < 1 { throw ValidationError("--fragment must be 1 byte or more") }
    if api == .bsd, fragment != nil {
      throw ValidationError("--fragment needs --api msg: every 'send' makes one final frame")
    }
    if api == .bsd, size == 0 {
      throw ValidationError("--size 0 needs --api msg: 'recv' skips empty frames, so their echo cannot be seen")
    }
  }

  func run() throws {
    let plan = EchoPlan(
      size: size, count: count, isText: text, fragment: fragment, api: api, limit: options.limit)
    var server: EchoServer?
    if url == nil {
      server = try EchoServer(options, bufferSize: min(max(size, 4096), 16 << 20))
    }
    defer { server?.stop() }

    let connection = try Connection(to: url ?? server!.url, url == nil ? options.withoutWay : options) { options in
      options.sendOpcode = text ? .text : .binary
    }
    var run = EchoRun(plan, over: connection)
    do {
      try run.run()
    } catch {
      _ = try? connection.close(limit: .zero)
      throw error
    }
    let report = EchoReport(plan: plan, connection: connection, isOwnServer: server != nil, run: run)
    // All echoes are here: how the peer takes the goodbye does not change that, and may take its time.
    defer { _ = try? connection.close(limit: options.limit) }
    try printOut(json ? report.json : report.text)
    if run.check.mismatches > 0 { throw Failure.network(report.mismatchLine) }
  }
}

extension API: ExpressibleByArgument {}
