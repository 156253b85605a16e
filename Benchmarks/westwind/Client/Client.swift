import ArgumentParser

/// `client`: our client for one workload, as Benchmarks/README.md asks of all clients.
struct Client: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a workload once, and print what it took.",
    discussion: """
      Beside the workloads of all clients there are four that show our calls singly: send-corked gathers frames by \
      withCork, receive-recvmsg copies each message out by recvMsg, receive-borrowed lends each by withReceivedFrame, \
      and receive-bsd reads by recv, as from any socket.
      """)

  @Argument(help: "The workload's name.")
  var workload: Workload

  @Argument(help: "The server: ws://127.0.0.1:PORT or wss://127.0.0.1:PORT.")
  var url: String

  @Argument(help: "The payload of a message, in bytes.")
  var size: Int

  @Argument(help: "How many messages.")
  var count: Int

  func validate() throws {
    guard size > 0, count > 0 else { throw ValidationError("SIZE and COUNT are 1 or more") }
  }

  func run() throws {
    raiseFileLimit()
    let server = try BenchServer(url)
    print(try workload.run(Load(server: server, size: size, count: count)))
  }
}

extension Workload: ExpressibleByArgument {}
