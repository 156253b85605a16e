import Testing

@testable import WebSocketClient

struct WebSocketURLTests {
  @Test(
    arguments: [
      ("ws://example.org", "example.org", 80, "/", "example.org"),
      ("ws://example.org/", "example.org", 80, "/", "example.org"),
      ("ws://example.org:/x", "example.org", 80, "/x", "example.org"),
      ("ws://example.org:80/a/b?c=d&e", "example.org", 80, "/a/b?c=d&e", "example.org"),
      ("WS://example.org:9001?q", "example.org", 9001, "/?q", "example.org:9001"),
      ("ws://127.0.0.1:65535/x:y@z", "127.0.0.1", 65535, "/x:y@z", "127.0.0.1:65535"),
      ("ws://[::1]:9001/", "::1", 9001, "/", "[::1]:9001"),
      ("ws://[2001:db8::1]", "2001:db8::1", 80, "/", "[2001:db8::1]"),
    ] as [(String, String, UInt16, String, String)])
  func `host, port, target and the Host field`(
    _ text: String, _ host: String, _ port: UInt16, _ target: String, _ hostField: String
  ) throws {
    let url = try WebSocketURL(parsing: text)
    #expect(url.host == host)
    #expect(url.port == port)
    #expect(url.target == target)
    #expect(url.hostField == hostField)
    #expect(url.description == text)
  }

  @Test(
    arguments: [
      ("", "write the whole URL"), ("example.org:80", "write the whole URL"), ("ws:/x", "write the whole URL"),
      ("wss://example.org/", "not in this build yet"), ("https://example.org/", "write ws://"),
      ("tcp://example.org/", "'tcp' is unknown"),
      ("ws://", "host is missing"), ("ws:///path", "host is missing"), ("ws://:80/", "host is missing"),
      ("ws://h/#", "'#'"), ("ws://h#f", "'#'"),
      ("ws://h/a b", "percent-encoding"), ("ws://h/ä", "percent-encoding"), ("ws://h/\r\nX: y", "percent-encoding"),
      ("ws://user@h/", "Authorization"), ("ws://user:word@h/", "Authorization"),
      ("ws://h:0/", "between 1 and 65535"), ("ws://h:65536/", "between 1 and 65535"),
      ("ws://h:99999999999999999999/", "between 1 and 65535"),
      ("ws://h:+80/", "is not a port"), ("ws://h:x/", "is not a port"), ("ws://2001:db8::1/", "needs brackets"),
      ("ws://[::1/", "']'"), ("ws://[::1]9001/", "'9001' is not a port"), ("ws://[host]/", "not an IPv6 address"),
      ("ws://[]/", "not an IPv6 address"),
    ])
  func `a URL that cannot be used is refused with what to write`(_ text: String, _ message: String) {
    let failure = #expect(throws: Failure.self) { try WebSocketURL(parsing: text) }
    #expect(failure?.status == .wrongUse)
    #expect(failure?.message.contains(message) == true, "\(failure?.message ?? "")")
  }
}
