import SystemPackage
import Testing
import WebSocketProtocol

@testable import Westwind

extension String {
  var bytes: [UInt8] { Array(utf8) }
}

extension [UInt8] {
  var text: String { String(decoding: self, as: UTF8.self) }
}

/// What a call throws. It is a failed test if it throws nothing.
func failure<R>(
  of call: () throws(WebSocketError) -> R, sourceLocation: SourceLocation = #_sourceLocation
) -> WebSocketError? {
  do throws(WebSocketError) {
    let result = try call()
    Issue.record("it was to throw, and returned \(result)", sourceLocation: sourceLocation)
    return nil
  } catch {
    return error
  }
}

/// Errors are the same where they say the same.
func == (one: WebSocketError?, other: WebSocketError) -> Bool {
  one?.errno == other.errno && one?.description == other.description
}

/// The example of RFC 6455 1.3.
enum SampleHandshake {
  static let keyText = "dGhlIHNhbXBsZSBub25jZQ=="
  static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
  static var key: HandshakeKey { HandshakeKey(received: keyText.bytes)! }

  /// The lines of a response that accepts.
  static let acceptanceLines = [
    "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: \(accept)",
  ]
}

/// The text of a head.
func head(_ lines: [String]) -> String {
  lines.map { $0 + "\r\n" }.joined() + "\r\n"
}

/// Why a client does not take a server's answer; nil if it does.
func refusal(of answer: String, limit: Int = 16384) throws -> WebSocketError? {
  let client = try ClientHandshake(key: SampleHandshake.key)
  var reader = HeadReader(limit: limit)
  var index = 0
  let bytes = answer.bytes
  do throws(HandshakeViolation) {
    guard let text = try reader.read(bytes.span, from: &index) else { return nil }
    let head = try ResponseHead(text)
    do throws(HandshakeViolation) {
      _ = try client.check(head)
      return nil
    } catch {
      return .handshake(HandshakeError(.text(error), response: HandshakeResponse(head)))
    }
  } catch {
    return .handshake(HandshakeError(.text(error)))
  }
}
