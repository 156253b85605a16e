import Testing
import WebSocketProtocol

@Suite struct ChunkedBodyTests {
  private let whole = "4\r\nWiki\r\n6;name=value\r\npedia \r\nE\r\nin \r\n\r\nchunks.\r\n0\r\n\r\n"

  @Test func `chunks are joined up to the last one`() {
    let body = ChunkedBody(Array(whole.utf8))
    #expect(String(decoding: body.data, as: UTF8.self) == "Wikipedia in \r\n\r\nchunks.")
    #expect(body.isOver)
  }

  @Test func `a body cut at any byte gives what has come of it`() {
    let bytes = Array(whole.utf8)
    let data = ChunkedBody(bytes).data
    for count in 0..<bytes.count {
      let body = ChunkedBody(Array(bytes[..<count]))
      #expect(data.starts(with: body.data))
      #expect(body.isOver == (count >= bytes.count - 2))
    }
  }

  @Test(arguments: ["no chunk\r\n", "\r\n", "-1\r\nx", "FFFFFFFF\r\nx"])
  func `what is no chunk ends the body`(_ text: String) {
    let body = ChunkedBody(Array(text.utf8))
    #expect(body.isOver)
    #expect(body.data.isEmpty)
  }
}
