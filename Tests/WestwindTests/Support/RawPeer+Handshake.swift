import CWestwindOpenSSL
import WestwindTestSupport

extension RawPeer {
  /// A request's head, up to its empty line.
  func readHead() throws -> RequestText {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      bytes += try read(1)
    }
    return RequestText(text: bytes.text)
  }

  /// Reads a client's request and accepts it.
  func acceptHandshake() throws {
    try write(try readHead().acceptance)
  }
}

/// A client's request.
struct RequestText: Sendable {
  var text: String

  var lines: [String] {
    text.split(separator: "\r\n", omittingEmptySubsequences: true).map(String.init)
  }

  /// The value of a field; nil where there is none.
  func value(_ name: String) -> String? {
    values(name).first
  }

  func values(_ name: String) -> [String] {
    lines.dropFirst().filter { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
      .map { String($0.dropFirst(name.count + 2)) }
  }

  /// The accept value that belongs to the key (RFC 6455 4.2.2).
  var accept: String {
    acceptValue(forKey: value("Sec-WebSocket-Key") ?? "")
  }

  /// The lines of a response that accepts.
  var acceptanceLines: [String] {
    [
      "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Accept: \(accept)",
    ]
  }

  var acceptance: String { response(acceptanceLines) }
}

/// The text of a response's head.
func response(_ lines: [String]) -> String {
  lines.map { $0 + "\r\n" }.joined() + "\r\n"
}

/// The accept value by another implementation's base64, so that a mistake in ours shows.
func acceptValue(forKey key: String) -> String {
  let input = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").bytes
  var digest = [UInt8](repeating: 0, count: 20)
  var length: UInt32 = 0
  EVP_Digest(input, input.count, &digest, &length, EVP_sha1(), nil)
  var text = [UInt8](repeating: 0, count: 29)
  let count = EVP_EncodeBlock(&text, digest, 20)
  return Array(text.prefix(Int(count))).text
}

/// The bytes behind a base64 text.
func base64Decoded(_ text: String) -> [UInt8] {
  let input = text.bytes
  var bytes = [UInt8](repeating: 0, count: input.count)
  let count = EVP_DecodeBlock(&bytes, input, Int32(input.count))
  let padding = input.reversed().prefix { $0 == UInt8(ascii: "=") }.count
  return Array(bytes.prefix(max(0, Int(count) - padding)))
}
