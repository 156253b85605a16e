import SystemPackage
import Testing
import WebSocketProtocol

@testable import Westwind

/// What received bytes come to as a message, and a caller's close code as bytes.
struct MessageTests {
  @Test(arguments: [true, false])
  func `a text is the string that was sent, whatever its characters and its length`(isASCII: Bool) {
    for length in Array(0...40) + [125, 126, 1000, 65535, 65536, 100_000] {
      let unit = isASCII ? "plain text " : "grüße→🌬水é"
      let text = String(String(repeating: unit, count: length / unit.count + 1).prefix(length))
      let message = WebSocketMessage(type: [.text, .final], payload: text.bytes)
      #expect(message == .text(text))
      #expect(message.hashValue == WebSocketMessage.text(text).hashValue)
      #expect(message.text?.count == length)
      #expect(message.text?.utf8.elementsEqual(text.utf8) == true)
      #expect(message.binary == nil && !message.isClose)
    }
  }

  @Test func `text of which another call took a part is still text`() {
    #expect(WebSocketMessage(type: [.text, .final], payload: [0xA9, 0x62]) == .text("\u{FFFD}b"))
  }

  @Test(
    arguments: [
      ([.binary, .final], .binary([0xFF, 1])), ([.ping, .final], .ping([0xFF, 1])),
      ([.pong, .final], .pong([0xFF, 1])),
      ([.binary, .continuation, .final], .binary([0xFF, 1])),
    ] as [(MessageType, WebSocketMessage)])
  func `other messages are the bytes that came`(type: MessageType, message: WebSocketMessage) {
    let made = WebSocketMessage(type: type, payload: [0xFF, 1])
    #expect(made == message)
    #expect(made.binary == (type.contains(.binary) ? [0xFF, 1] : nil))
    #expect(made.text == nil && !made.isClose)
  }

  @Test(
    arguments: [
      ([], CloseStatus(code: .noStatus)),
      ([3], CloseStatus(code: .noStatus)),
      ([0, 0], CloseStatus(code: CloseCode(rawValue: 0))),
      ([3, 237], CloseStatus(code: .noStatus)),
      ([3, 232, 0xFF, 0x61], CloseStatus(code: .normal, reason: "\u{FFFD}a")),
      ([255, 255, 0xC3], CloseStatus(code: CloseCode(rawValue: 65535), reason: "\u{FFFD}")),
      ([15, 160] + "off – später".bytes, CloseStatus(code: CloseCode(rawValue: 4000), reason: "off – später")),
    ] as [([UInt8], CloseStatus)])
  func `CLOSE is a message too, with code and reason, whatever its body is`(body: [UInt8], status: CloseStatus) {
    let message = WebSocketMessage(type: [.close, .final], payload: body)
    #expect(message == .close(status))
    #expect(message.isClose)
    #expect(message.text == nil && message.binary == nil)
  }

  // MARK: Sending CLOSE

  @Test(arguments: [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000])
  func `a close code that may not be sent is EINVAL`(code: Int) {
    let error = failure { () throws(WebSocketError) in
      try closeBody(code: CloseCode(rawValue: UInt16(code)), reason: "")
    }
    #expect(error == .invalidArgument(.closeReason))
    #expect(error?.errno == .invalidArgument)
  }

  @Test func `a close reason needs a code, and has 123 bytes at the most`() throws {
    let most = String(repeating: "x", count: 123)
    for (code, reason) in [(nil, "why"), (.normal, most + "x"), (.normal, String(repeating: "é", count: 62))]
      as [(CloseCode?, String)]
    {
      #expect(
        failure { () throws(WebSocketError) in try closeBody(code: code, reason: reason) }
          == .invalidArgument(.closeReason))
    }
    #expect(try closeBody(code: nil, reason: "") == [])
    #expect(try closeBody(code: .normal, reason: most) == [3, 232] + most.bytes)
    #expect(try closeBody(code: CloseCode(rawValue: 3001), reason: "grüße") == [11, 185] + "grüße".bytes)
  }
}
