import ArgumentParser
import WebSocket

/// The flags that every command takes.
struct ConnectionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Offer this subprotocol; may be repeated.", valueName: "name"))
  var subprotocol: [String] = []

  @Option(help: ArgumentHelp("Add this field to the handshake request; may be repeated.", valueName: "'Name: value'"))
  var header: [String] = []

  @Flag(help: "Offer to compress messages (permessage-deflate, RFC 7692).")
  var deflate = false

  @Option(
    help: ArgumentHelp("Limit for connecting with the handshake, and for each round trip.", valueName: "seconds"))
  var timeout: Double = 10

  @OptionGroup(title: "TLS and the way there") var wayOptions: WayOptions

  /// The limit as a duration.
  var limit: Duration { .milliseconds(max(1, Int64(timeout * 1000))) }

  func validate() throws {
    guard timeout > 0, timeout <= 1_000_000 else {
      throw ValidationError("--timeout must be more than 0 and at most 1000000 seconds")
    }
    for name in subprotocol where !isToken(name) {
      throw ValidationError("--subprotocol '\(name)' must be a name without spaces and separators, as in 'mqtt'")
    }
    if let name = subprotocol.indices.first(where: { subprotocol[..<$0].contains(subprotocol[$0]) }) {
      throw ValidationError("--subprotocol '\(subprotocol[name])' is given twice: RFC 6455 section 4.1 allows it once")
    }
    for line in header {
      let name = line.prefix { $0 != ":" }
      guard name.count < line.count, isToken(name), line.unicodeScalars.allSatisfy({ $0 >= " " || $0 == "\t" }) else {
        throw ValidationError("--header '\(line)' must be one line, as in 'Authorization: Bearer abc'")
      }
    }
  }

  /// A token as in RFC 9110 section 5.6.2.
  private func isToken(_ text: some StringProtocol) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"):
          true
        default:
          "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}

extension ConnectionOptions {
  /// What is offered; nil for nothing.
  var compression: PerMessageDeflateOptions? { deflate ? PerMessageDeflateOptions() : nil }

  /// How to get there.
  var way: WebSocketURLOptions { wayOptions.options }

  /// The same, for the echo server in this process: straight.
  var withoutWay: ConnectionOptions {
    var straight = self
    straight.wayOptions.proxy = "none"
    straight.wayOptions.unix = nil
    return straight
  }
}

extension WebSocketURL {
  /// For `@Option(transform:)`: the sentence of a refusal reaches the user as it stands.
  static func argument(_ text: String) throws -> WebSocketURL {
    do {
      return try WebSocketURL(text)
    } catch {
      throw ValidationError("\(error)")
    }
  }
}
