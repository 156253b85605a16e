import ArgumentParser
import SampleSupport
import SystemPackage
import WebSocketProtocol
import Westwind
import WestwindSockets

/// `listen`: prints what arrives.
struct Listen: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what arrives until the peer closes.",
    discussion: """
      Text goes to standard output as text, a line per message; a binary message as a line with its size and first \
      bytes. Pings and the close are noted on standard error.
      """)

  @Option(
    help: "Connect to ws://host:port/path, wss://, or ws+unix:///socket:/path.", transform: WebSocketURL.argument)
  var url: WebSocketURL

  @OptionGroup var options: ConnectionOptions

  func run() throws {
    let connection = try Connection(to: url, options) { options in
      // Zephyr's way: control frames are delivered, and the caller answers them.
      options.controlFrames = .manual
    }
    // Where a way out below has closed it already, this does nothing.
    defer { _ = try? connection.close(limit: .zero) }
    note("connected to \(url), \(connection.agreement)")
    var printer = MessagePrinter(toTerminal: Output.standardOutput.isTerminal)
    while true {
      switch try receive(&printer, connection) {
      case .nothing: break
      case .print(let bytes):
        guard try write(bytes) else {
          // The reader has gone; so do we, and say so.
          _ = try? connection.close(limit: options.limit)
          return
        }
      case .ping(let payload):
        note("ping, \(payload.count) bytes")
        _ = try? connection.ws.sendMsg(payload, opcode: .pong, timeout: Timeout(options.limit))
      case .pong(let payload):
        note("pong, \(payload.count) bytes")
      case .close(let status):
        note("closed by the peer, \(describe(status))")
        let code = status.code == .noStatus ? nil : status.code
        _ = try? connection.close(code: code, limit: options.limit)
        return
      }
    }
  }

  private func receive(_ printer: inout MessagePrinter, _ connection: Connection) throws -> MessagePrinter.Action {
    do {
      return try connection.ws.withReceivedFrame { frame, bytes in printer.take(frame, bytes) }
    } catch {
      throw connection.lost(error, while: "listening", limit: options.limit)
    }
  }

  /// Says whether somebody still reads.
  private func write(_ bytes: [UInt8]) throws(Failure) -> Bool {
    do {
      try Output.standardOutput.write(bytes)
      return true
    } catch .brokenPipe {
      return false
    } catch {
      throw .network("cannot write to standard output: \(error); check where it goes")
    }
  }

  private func note(_ text: String) {
    try? Output.standardError.write("[\(text)]\n")
  }
}
