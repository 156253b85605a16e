package import ArgumentParser
package import Westwind

/// The flags that say what the opening handshake of a WebSocket asks for.
package struct HandshakeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Offer this subprotocol; may be repeated.", valueName: "name"))
  package var subprotocol: [String] = []

  @Option(help: ArgumentHelp("Add this field to the handshake request; may be repeated.", valueName: "'Name: value'"))
  package var header: [String] = []

  package init() {}

  package func validate() throws {
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

  /// A request that asks for it.
  package var request: WebSocketRequest {
    var request = WebSocketRequest()
    request.subprotocols = subprotocol
    request.optionalHeaders = header
    return request
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
