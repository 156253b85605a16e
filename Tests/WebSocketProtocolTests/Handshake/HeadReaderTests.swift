import Testing
import WebSocketProtocol
import WestwindTestSupport

struct HeadReaderTests {
  static let response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nA: b\r\n\r\n".bytes
  /// Frames whose payload looks like the end of a head.
  static let rest: [UInt8] = [0x82, 0x04, 0x0D, 0x0A, 0x0D, 0x0A, 0x89, 0x00]

  @Test func `a head ends behind its empty line, and what follows stays`() throws {
    let stream = Self.response + Self.rest
    for position in 0...stream.count {
      let (head, rest) = try head(stream.cut(at: [position]))
      #expect(head == Self.response)
      #expect(rest == Self.rest)
    }
    let (head, rest) = try head(stream.cutAtEveryByte)
    #expect(head == Self.response)
    #expect(rest == Self.rest)
  }

  @Test func `a head without its last byte is not there yet`() throws {
    for end in 0..<Self.response.count {
      #expect(try head([Array(Self.response[..<end])]) == (nil, []))
    }
  }

  @Test(arguments: ["\r\r", "\r\n\r\r", "\r\nX\r\n", "\r\n"])
  func `CR alone ends no line`(end: Raw) throws {
    #expect(try head([("HTTP/1.1 101 x" + end.string).bytes]).head == nil)
    #expect(try head([("HTTP/1.1 101 x" + end.string).bytes], isResponse: true).head == nil)
  }

  @Test(arguments: ["\n\n", "\r\n\n", "\n\r\n", "\nA: b\r\n\n", "\r\nA: b\n\n"])
  func `LF alone ends a line of a response, and is refused in a request`(end: Raw) throws {
    let text = ("HTTP/1.1 101 x" + end.string).bytes
    for pieces in [[text + Self.rest], (text + Self.rest).cutAtEveryByte] {
      let (found, rest) = try head(pieces, isResponse: true)
      #expect(found == text)
      #expect(rest == Self.rest)
      let isFirstLine = end.string.hasPrefix("\n")
      #expect(throws: isFirstLine ? HandshakeViolation.notHTTP : .malformedField) { try head(pieces) }
    }
  }

  @Test func `one empty line in front of the first is passed over`() throws {
    #expect(try head(["\r\nGET / HTTP/1.1\r\n\r\n".bytes]).head == "\r\nGET / HTTP/1.1\r\n\r\n".bytes)
    #expect(try head(["\r\n\r\n".bytes]).head == "\r\n\r\n".bytes)
  }

  @Test func `a head of the limit is taken and one byte more is refused`() throws {
    let count = Self.response.count
    #expect(try head([Self.response], limit: count).head == Self.response)
    #expect(try head(Self.response.cutAtEveryByte, limit: count).head == Self.response)
    for limit in 0..<count {
      #expect(throws: HandshakeViolation.headTooLarge(limit: limit)) { try head([Self.response], limit: limit) }
      #expect(throws: HandshakeViolation.headTooLarge(limit: limit)) {
        try head(Self.response.cutAtEveryByte, limit: limit)
      }
    }
  }

  @Test func `a limit may be as large as a number can be`() throws {
    for limit in [Int.max, .max - 1] {
      #expect(try head([Self.response], limit: limit).head == Self.response)
      #expect(try head(Self.response.cutAtEveryByte, limit: limit).head == Self.response)
    }
  }

  @Test func `no more than the limit is kept of an endless head`() {
    var reader = HeadReader(limit: 100)
    let drip = [UInt8](repeating: 0x61, count: 64)
    var index = 0
    #expect(throws: Never.self) { try reader.read(drip.span, from: &index) }
    #expect(reader.count == 64)
    index = 0
    #expect(throws: HandshakeViolation.headTooLarge(limit: 100)) { try reader.read(drip.span, from: &index) }
    #expect(reader.count == 100)
    #expect(index == 36)
  }

  @Test func `Field defects 15, 16: a head of 64 KiB is taken where the limit allows it, in any pieces`() throws {
    let fields = (0..<300).map { "X-Field-\($0): \(String(repeating: "v", count: 210))" }
    let long = (["HTTP/1.1 101 x"] + fields + ["", ""]).joined(separator: "\r\n").bytes
    #expect(long.count > 65536)
    for size in [1, 64, 256, 65536] {
      let pieces = stride(from: 0, to: long.count, by: size).map { Array(long[$0..<min($0 + size, long.count)]) }
      let taken = try #require(try head(pieces, limit: 70_000).head)
      #expect(taken == long)
      #expect(try ResponseHead(taken).fields.count == 300)
      #expect(throws: HandshakeViolation.headTooLarge(limit: 16384)) { try head(pieces, limit: 16384) }
    }
  }
}
