import Glibc
import SystemPackage
import Testing
import WestwindTestSupport

@testable import Westwind
@testable import WestwindConnecting

/// Which proxy a URL or the environment names.
struct ProxyURLTests {
  @Test(
    arguments: [
      ("http://p", "http://p:80"), ("p:3128", "http://p:3128"), ("p", "http://p:80"), ("HTTP://P:1/", "http://p:1"),
      ("https://p", "https://p:443"), ("socks5://p", "socks5://p:1080"), ("socks5h://[::1]:9", "socks5h://[::1]:9"),
      ("http://me:word@p:8080", "http://p:8080"), ("socks://p:9/", "socks5://p:9"), ("socks://p", "socks5://p:1080"),
      ("http://[fe80::1%25lo]:1", "http://[fe80::1%lo]:1"),
    ])
  func `a proxy's scheme, host and port`(_ text: String, _ name: String) throws {
    #expect(try ProxyURL(text).name == name)
  }

  @Test(
    arguments: [
      ("ftp://p", "socks5h://"), ("socks4://p", "socks5h://"), ("ws://p", "socks5h://"), ("http://p/x", "no path"),
      ("http://p?x", "no path"), ("http://", "host is missing"), ("", "host is missing"),
      ("http://p:0", "between 1 and 65535"),
      ("http://p p", "space"), ("http://p\r\n", "control character"),
    ])
  func `a proxy's URL that cannot be used is the caller's mistake`(_ text: String, _ message: String) {
    let error = failure { try websocketConnect(url: "ws://127.0.0.1:1/", options: through(text)) }
    #expect(error?.errno == .invalidArgument)
    #expect(error?.description.contains("proxy") == true)
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test(
    arguments: [
      ("http://me:word@p:8080", "http://p:8080"), ("me:word@p", "p"), ("p:3128", "p:3128"),
      ("socks5h://me:wo/rd@p", "socks5h://p"), ("me:a://word@p", "p"), ("http://me:word@p\n", "http://p\\n"),
    ])
  func `a proxy that is shown shows no user and no password`(_ text: String, _ shown: String) {
    let options = through(text)
    #expect("\(options.proxy)" == shown)
    for all in ["\(options)", String(reflecting: options), "\(Mirror(reflecting: options.proxy).children.map { $0 })"] {
      #expect(!all.contains("word") && !all.contains("rd@"), "\(all)")
    }
  }

  @Test(
    arguments: [
      (["http_proxy": "a"], "http://a:80", nil), (["HTTP_PROXY": "a"], nil, nil),
      (["https_proxy": "a"], nil, "http://a:80"), (["HTTPS_PROXY": "a"], nil, "http://a:80"),
      (["all_proxy": "a"], "http://a:80", "http://a:80"), (["ALL_PROXY": "a"], "http://a:80", "http://a:80"),
      (["all_proxy": "a", "http_proxy": "b", "https_proxy": "c"], "http://b:80", "http://c:80"),
      (["http_proxy": "a", "ws_proxy": "b", "WS_PROXY": "c"], "http://b:80", nil),
      (["https_proxy": "a", "WSS_PROXY": "b"], nil, "http://b:80"),
      (["http_proxy": "", "all_proxy": "b"], "http://b:80", "http://b:80"),
      (["all_proxy": "a", "no_proxy": "*"], nil, nil),
      (["all_proxy": "a", "no_proxy": "other"], "http://a:80", "http://a:80"),
      (["all_proxy": "a", "no_proxy": "", "NO_PROXY": "example.org"], nil, nil),
      ([:], nil, nil),
    ] as [([String: String], String?, String?)])
  func `the environment is read as curl reads it`(
    _ variables: [String: String], _ forWS: String?, _ forWSS: String?
  ) throws {
    let environment = ProxyEnvironment { variables[$0] }
    for (text, name) in [("ws://www.example.org/", forWS), ("wss://www.example.org/", forWSS)] {
      let url = try WebSocketURL(text)
      let proxy = try ProxyServer.environment.url(for: url.host, in: environment, variables: url.proxyVariables)
      #expect(proxy?.url.name == name)
      #expect(proxy.map { variables[$0.variable ?? ""] != nil } ?? true)
      // An address of the link is on this side of any proxy.
      let onLink = try ProxyServer.environment.url(
        for: "fe80::1%lo", in: environment, variables: url.proxyVariables)
      #expect(onLink == nil)
    }
  }

  @Test(arguments: [("ftp://p", "all_proxy", "scheme 'ftp'"), ("http://p:x", "ws_proxy", "port")])
  func `an error about a proxy of the environment names the variable`(value: String, variable: String, what: String) {
    let environment = ProxyEnvironment { $0 == variable ? value : nil }
    let error = #expect(throws: ConnectError.self) {
      try ProxyServer.environment.url(for: "h", in: environment, variables: ["ws_proxy", "http_proxy", "all_proxy"])
    }
    #expect(error?.proxyVariable == variable)
    #expect(error?.description.contains(what) == true)
    #expect(error?.description.hasSuffix(" (the proxy is from the environment: \(variable))") == true)
  }

  @Test func `a proxy of the environment that is not there, or refuses, is named with its variable`() async {
    await #expect(processExitsWith: .success) {
      let proxy = try Peer { socket in
        _ = try socket.readHead()
        try socket.write("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
      }
      for port in [proxy.port, try freePort()] {
        setenv("all_proxy", "http://127.0.0.1:\(port)/", 1)
        for name in ["no_proxy", "NO_PROXY", "ws_proxy", "WS_PROXY", "http_proxy"] { unsetenv(name) }
        let error = failure { try websocketConnect(url: "ws://server.example/", timeout: patience) }
        #expect(error?.connect?.proxyVariable == "all_proxy")
        #expect(error?.description.contains("all_proxy") == true)
      }
      _ = try proxy.join()
    }
  }

  @Test(
    arguments: [
      ("example.org", "example.org", true), ("example.org", "www.example.org", true),
      (".example.org", "example.org", true),
      (".example.org", "a.b.example.org", true), ("example.org", "badexample.org", false),
      ("www.example.org", "example.org", false), ("a, Example.ORG ,b", "www.example.org", true),
      ("a example.org", "example.org", true), ("example.org.", "example.org", true),
      ("example.org", "example.org.", true),
      ("*", "anything", true), ("*", "::1", true), ("", "a", false), (".", "a", false), (",", "a", false),
      ("127.0.0.1", "127.0.0.1", true), ("127.0.0.1", "127.0.0.2", false), ("0.0.1", "127.0.0.1", false),
      ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.1.2.3/31", "10.1.2.2", true),
      ("10.1.2.3/31", "10.1.2.4", false), ("0.0.0.0/0", "1.2.3.4", true), ("0.0.0.0/0", "::1", false),
      ("10.0.0.0/33", "10.0.0.0", false), ("10.0.0.0/x", "10.0.0.0", false), ("10.0.0.0/", "10.0.0.0", false),
      ("::1", "::1", true), ("[::1]", "::1", true), ("0:0::1", "::1", true), ("2001:db8::/32", "2001:db8:1::1", true),
      ("2001:db8::/33", "2001:db8:8000::1", false), ("fe80::/10", "febf::1", true), ("fe80::/10", "fec0::1", false),
      ("10.0.0.0/8", "www.10", false),
    ])
  func `no_proxy lists names, addresses and networks`(_ list: String, _ host: String, _ isListed: Bool) {
    #expect(NoProxyList(list).contains(host) == isListed)
  }
}
