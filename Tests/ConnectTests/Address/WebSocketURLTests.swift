import SystemPackage
import Testing
import Westwind

/// What a URL is taken apart into, and what is refused.
struct WebSocketURLTests {
  @Test(
    arguments: [
      ("ws://example.org", "example.org", 80, "/", "example.org"),
      ("ws://example.org/", "example.org", 80, "/", "example.org"),
      ("wss://example.org", "example.org", 443, "/", "example.org"),
      ("wss://example.org:80/", "example.org", 80, "/", "example.org:80"),
      ("ws://example.org:443/", "example.org", 443, "/", "example.org:443"),
      ("ws://example.org:/x", "example.org", 80, "/x", "example.org"),
      ("ws://example.org:80/a/b?c=d&e", "example.org", 80, "/a/b?c=d&e", "example.org"),
      ("WS://Example.ORG:9001?q", "example.org", 9001, "/?q", "example.org:9001"),
      ("ws://example.org.?", "example.org.", 80, "/?", "example.org."),
      ("ws://127.0.0.1:65535/x:y@z", "127.0.0.1", 65535, "/x:y@z", "127.0.0.1:65535"),
      ("ws://[::1]:9001/", "::1", 9001, "/", "[::1]:9001"),
      ("ws://[2001:DB8::1]", "2001:db8::1", 80, "/", "[2001:db8::1]"),
      ("wss://[::ffff:127.0.0.1]:1/", "::ffff:127.0.0.1", 1, "/", "[::ffff:127.0.0.1]:1"),
      ("ws://a_b-c.xn--bcher-kva/", "a_b-c.xn--bcher-kva", 80, "/", "a_b-c.xn--bcher-kva"),
      ("ws://h/./a/../b//c", "h", 80, "/./a/../b//c", "h"),
      ("ws://h/?a?b/c", "h", 80, "/?a?b/c", "h"),
      ("ws://@h/", "h", 80, "/", "h"),
      ("ws://h:00080/", "h", 80, "/", "h"),
    ] as [(String, String, UInt16, String, String)])
  func `host, port, resource name and the Host field`(
    _ text: String, _ host: String, _ port: UInt16, _ resourceName: String, _ hostField: String
  ) throws {
    let url = try WebSocketURL(text)
    #expect(url.host == host)
    #expect(url.port == port)
    #expect(url.resourceName == resourceName)
    #expect(url.hostField == hostField)
    #expect(try WebSocketURL(url.description) == url)
  }

  @Test(
    arguments: [
      ("ws://h/ä", "/%C3%A4"), ("ws://h/?ä={\"b\":[1]}", "/?%C3%A4={%22b%22:[1]}"),
      ("ws://h/[{}]|?[ä]|{}\\^`<>", "/%5B%7B%7D%5D%7C?[%C3%A4]|{}\\^`%3C%3E"),
      ("ws://h/a%20b%ff", "/a%20b%ff"), ("ws://h/\\^`|<>", "/%5C%5E%60%7C%3C%3E"),
      ("ws://h/!$&'()*+,;=:@-._~", "/!$&'()*+,;=:@-._~"),
    ])
  func `what may not stand in path and query is percent-encoded, and nothing else`(_ text: String, _ name: String)
    throws
  {
    #expect(try WebSocketURL(text).resourceName == name)
  }

  @Test(
    arguments: [
      ("ws://[fe80::1%25eth0]/", "fe80::1", "eth0", "[fe80::1]"),
      ("wss://[FE80::A%25Wlan-0]:1/x", "fe80::a", "Wlan-0", "[fe80::a]:1"),
      ("ws://me:word@[fe80::1%252]:9/", "fe80::1", "2", "[fe80::1]:9"),
      ("ws://[fe80::1%25a%25b]/", "fe80::1", "a%b", "[fe80::1]"),
    ])
  func `the interface of an address of the link is kept, and is not in the Host field`(
    text: String, host: String, zone: String, hostField: String
  ) throws {
    let url = try WebSocketURL(text)
    #expect(url.host == host)
    #expect(url.zone == zone)
    #expect(url.hostField == hostField)
    #expect(try WebSocketURL(url.description).zone == zone)
    #expect(!url.description.contains("word"))
    #expect(try WebSocketURL("ws://[fe80::1]/").zone == nil)
  }

  @Test(
    arguments: [
      ("ws://me@h/", "me", ""), ("ws://me:word@h/", "me", "word"), ("ws://me:@h/", "me", ""),
      ("ws://:word@h/", "", "word"), ("ws://a%40b:c%3Ad%2F@h/", "a@b", "c:d/"), ("ws://m:a:b@h", "m", "a:b"),
      ("ws://ü:ö@h/", "ü", "ö"),
    ])
  func `user and password are percent-decoded, and never described`(_ text: String, _ user: String, _ password: String)
    throws
  {
    let url = try WebSocketURL(text)
    #expect(url.credentials?.user == user)
    #expect(url.credentials?.password == password)
    #expect(url.description == "ws://h/")
    #expect(password.isEmpty || !"\(String(reflecting: url)) \(url.credentials!)".contains("\"\(password)\""))
  }

  @Test(
    arguments: [
      ("ws+unix:///run/s", "/run/s", "/"), ("ws+unix:/run/s", "/run/s", "/"), ("ws+unix:///run/s:", "/run/s", "/"),
      ("ws+unix:///run/s:/chat", "/run/s", "/chat"), ("ws+unix:///run/s:/chat?a:b", "/run/s", "/chat?a:b"),
      ("ws+unix:///run/s?a", "/run/s", "/?a"), ("ws+unix:///a%3Ab%20c%3F%25:/d:e", "/a:b c?%", "/d:e"),
      ("ws+unix:///ä:/", "/ä", "/"),
    ])
  func `a ws+unix URL has a path for the socket and one for the request`(
    _ text: String, _ path: String, _ resourceName: String
  ) throws {
    let url = try WebSocketURL(text)
    #expect(url.unixPath == path)
    #expect(url.resourceName == resourceName)
    #expect(url.hostField == "localhost")
    #expect(try WebSocketURL(url.description) == url)
  }

  @Test(
    arguments: [
      ("", "scheme is missing"), ("//h/", "scheme is missing"), ("/x", "scheme is missing"), ("h", "scheme is missing"),
      ("example.org:80", "write the whole URL"), ("tcp://h/", "'tcp' is unknown"), ("1ws://h/", "scheme is missing"),
      ("http://h/", "write ws://"), ("HTTPS://h/", "write wss://"), ("ws:/x", "host is missing"),
      ("ws://", "host is missing"), ("ws:///path", "host is missing"), ("ws://:80/", "host is missing"),
      ("ws://me@/", "host is missing"), ("ws://h/#", "'#'"), ("ws://h#f", "'#'"), ("ws://h/?q#f", "'#'"),
      ("ws://h/a b", "space"), (" ws://h/", "space"), ("ws://h/ ", "space"), ("ws://h/\r\nX: y", "control character"),
      ("ws://h/\0", "control character"), ("ws://h\u{7F}/", "control character"),
      ("ws://h/%", "%25"), ("ws://h/%4", "%25"), ("ws://h/?%zz", "%25"), ("ws://%zz@h/", "%25"),
      ("ws://h:0/", "between 1 and 65535"), ("ws://h:65536/", "between 1 and 65535"),
      ("ws://h:99999999999999999999/", "between 1 and 65535"), ("ws://h:+80/", "is not a port"),
      ("ws://h:-1/", "is not a port"), ("ws://h:x/", "is not a port"), ("ws://h:８０/", "is not a port"),
      ("ws://2001:db8::1/", "needs brackets"), ("ws://[::1/", "[::1]"), ("ws://[::1]9001/", "[::1]"),
      ("ws://[host]/", "not an IPv6 address"), ("ws://[]/", "not an IPv6 address"),
      ("ws://[127.0.0.1]/", "not an IPv6 address"), ("ws://[::1::]/", "not an IPv6 address"),
      ("ws://[fe80::1%eth0]/", "%25eth0"), ("ws://[fe80::1%25]/", "%25eth0"), ("ws://[fe80::1%]/", "%25eth0"),
      ("ws://[fe80::1%25a%2Fb]/", "%25eth0"), ("ws://[fe80::1%25a%00]/", "%25eth0"),
      ("ws://[fe80::1%25%zz]/", "%25eth0"),
      ("ws://[fe80::1%25abcdefghijklmnop]/", "%25eth0"), ("ws://[host%25eth0]/", "not an IPv6 address"),
      ("ws://127.0.0.1%25eth0/", "not a host's name"),
      ("ws://a@b@h/", "%40"), ("ws://me:secret@[::1/", "[::1]"), ("ws://h\\@evil/", "%40"),
      ("ws://bob:secret/x@host/", "%2F"), ("ws://bob:secret?x@host/", "%3F"), ("ws://bob:x@secret!/x@host/", "%2F"),
      ("ws://bob:x@secret@y/x@host/", "%2F"), ("ws://bob:secret#x@host/", "%23"), ("ws://h:x/?secret@", "%3F"),
      ("ws://bücher.example/", "xn--"), ("ws://b\u{FC}cher.example/@me", "xn--"), ("ws://h%2Fx/", "not a host's name"),
      ("ws://h\\x/", "not a host's name"),
      ("ws://a..b/", "not a host's name"), ("ws://.a/", "not a host's name"), ("ws://./", "not a host's name"),
      ("ws://\(String(repeating: "a", count: 64))/", "not a host's name"),
      ("ws://\(String(repeating: "a.", count: 127))b/", "not a host's name"),
      ("ws://127.1/", "not an IPv4 address"), ("ws://1/", "not an IPv4 address"),
      ("ws://0x7f.1/", "not an IPv4 address"),
      ("ws://256.0.0.1/", "not an IPv4 address"), ("ws://a.0x1/", "not an IPv4 address"),
      ("ws://a%3Ab:c@h/", "cannot be sent"), ("ws://a%0A:c@h/", "cannot be sent"), ("ws://a:%00@h/", "cannot be sent"),
      ("ws+unix://h/run/s", "has no host"), ("ws+unix:run/s", "path is missing"), ("ws+unix:///", "path is missing"),
      ("ws+unix://", "path is missing"), ("ws+unix:///run/", "path is missing"), ("ws+unix:///a%00", "path is missing"),
      ("ws+unix:///run/s:chat", "%3A"), ("ws+unix:///run/s#f", "'#'"),
    ])
  func `a URL that cannot be used is refused with what to write`(_ text: String, _ message: String) {
    let error = #expect(throws: ServerURLError.self) { try WebSocketURL(text) }
    let description = error?.description ?? ""
    #expect(description.contains(message), "\(description)")
    #expect(!description.contains("secret"))
    #expect(description.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
    let call = failure { try websocketConnect(url: text, options: direct) }
    #expect(call?.errno == .invalidArgument)
    #expect(call?.description == description)
  }
}
