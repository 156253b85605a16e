import ArgumentParser
import SampleSupport
import Westwind

/// `send`: streams a file as binary frames.
struct Send: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Stream a file, or standard input, as binary frames.",
    discussion: """
      Each frame is a message of its own. What the peer sends meanwhile is read and left aside. \
      At the end the connection is closed with code 1000, and the peer's answer shows that all of it has arrived.
      """)

  @Option(
    help: "Connect to ws://host:port/path, wss://, or ws+unix:///socket:/path.", transform: WebSocketURL.argument)
  var url: WebSocketURL

  @Option(help: ArgumentHelp("The largest payload of a frame.", valueName: "bytes"))
  var size = 65_536

  @OptionGroup var options: ConnectionOptions

  @Argument(help: "The file to send; '-' is standard input.")
  var file: String

  func validate() throws {
    guard (1...1 << 30).contains(size) else {
      throw ValidationError("--size must be between 1 and 1073741824 bytes (1 GiB)")
    }
  }

  func run() throws {
    let input = try InputFile(file)
    defer { input.close() }
    let connection = try Connection(to: url, options) { _ in }
    var transfer = Transfer(input, frameSize: size, over: connection, limit: options.limit)
    try transfer.run()
    try printOut(transfer.summary)
  }
}
