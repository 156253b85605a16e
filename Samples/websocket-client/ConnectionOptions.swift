import ArgumentParser
import SampleSupport
import Westwind

/// The flags that every command takes.
struct ConnectionOptions: ParsableArguments {
  @OptionGroup var handshake: HandshakeOptions

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
  }
}

extension ConnectionOptions {
  /// What is offered; nil for nothing.
  var compression: PerMessageDeflateOptions? { deflate ? PerMessageDeflateOptions() : nil }

  /// How to get there.
  var way: ConnectOptions { wayOptions.options }

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
