import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Proxies that speak SOCKS version 5, scripted (RFC 1928, RFC 1929).
struct SOCKSProxyTests {
  /// A proxy's side of the conversation: what it expects, and what it answers. `nil` at the end serves an echo.
  private struct Step: Sendable {
    var expects: [UInt8]
    var answers: [UInt8]
  }

  private func proxy(_ steps: [Step], echo: Bool = false, stays: Bool = true) throws -> Peer<Bool> {
    try Peer { socket in
      var isAsExpected = true
      for step in steps {
        isAsExpected = try socket.read(step.expects.count) == step.expects && isAsExpected
        try socket.write(step.answers)
      }
      if echo { try serveEcho(socket) } else if stays { try socket.readToEnd() }
      return isAsExpected
    }
  }

  private static let granted: [UInt8] = [5, 0, 0, 1, 127, 0, 0, 1, 0x12, 0x34]

  @Test(
    arguments: [
      ("socks5h", "ws://server.example/", [3, 14] + Array("server.example".utf8) + [0, 80], granted),
      ("socks5h", "ws://127.0.0.2:9001/", [1, 127, 0, 0, 2, 0x23, 0x29], granted),
      (
        "socks5", "ws://[2001:db8::1]/", [4, 0x20, 1, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1, 0, 80],
        granted
      ),
      ("socks5", "ws://127.0.0.2/", [1, 127, 0, 0, 2, 0, 80], [5, 0, 0, 4] + [UInt8](repeating: 1, count: 18)),
      ("socks5h", "ws://127.0.0.2/", [1, 127, 0, 0, 2, 0, 80], [5, 0, 0, 3, 5] + [UInt8](repeating: 1, count: 7)),
      ("socks5h", "ws://127.0.0.2/", [1, 127, 0, 0, 2, 0, 80], [5, 0, 0, 3, 0, 1, 1]),
    ] as [(String, String, [UInt8], [UInt8])])
  func `names, IPv4 and IPv6 addresses go to the proxy, and the WebSocket through it`(
    _ scheme: String, _ url: String, _ destination: [UInt8], _ reply: [UInt8]
  ) throws {
    let proxy = try proxy(
      [Step(expects: [5, 1, 0], answers: [5, 0]), Step(expects: [5, 1, 0] + destination, answers: reply)], echo: true)
    let connection = try websocketConnect(
      url: url, options: through("\(scheme)://127.0.0.1:\(proxy.port)"), timeout: patience)
    #expect(try echoes(connection))
    try connection.close(timeout: patience)
    #expect(try proxy.join() == [true])
  }

  @Test(
    arguments: [
      ("me:w%40rd", [1, 2] + Array("me".utf8) + [4] + Array("w@rd".utf8)),
      // RFC 1929 knows bytes, and not what they stand for.
      ("m%E9:%FF%C3%A9", [1, 2, 0x6D, 0xE9, 3, 0xFF, 0xC3, 0xA9]),
    ] as [(String, [UInt8])])
  func `user and password are given where the proxy asks for them`(userInfo: String, login: [UInt8]) throws {
    let proxy = try proxy(
      [
        Step(expects: [5, 2, 0, 2], answers: [5, 2]), Step(expects: login, answers: [1, 0]),
        Step(expects: [5, 1, 0, 1, 127, 0, 0, 2, 0, 80], answers: Self.granted),
      ], echo: true)
    let connection = try websocketConnect(
      url: "ws://127.0.0.2/", options: through("socks5://\(userInfo)@127.0.0.1:\(proxy.port)"), timeout: patience)
    try connection.close(timeout: patience)
    #expect(try proxy.join() == [true])
  }

  private func error(
    _ answers: [[UInt8]], user: String = "", timeout: Timeout = patience, stays: Bool = true
  ) throws -> WebSocketError? {
    // Greeting, login with user and password of two bytes each, and the request for an IPv4 address.
    let requests = user.isEmpty ? [3, 10] : [4, 7, 10]
    let proxy = try Peer { socket in
      for (i, answer) in answers.enumerated() {
        _ = try socket.read(requests[i])
        try socket.write(answer)
      }
      if stays { try socket.readToEnd() }
    }
    defer { _ = try? proxy.join() }
    return failure {
      try websocketConnect(
        url: "ws://127.0.0.2/", options: through("socks5h://\(user)127.0.0.1:\(proxy.port)"), timeout: timeout)
    }
  }

  @Test func `each reply that says no is told in words`() throws {
    var texts: Set<String> = []
    for code in UInt8(1)...9 {
      let error = try error([[5, 0], [5, code, 0, 1, 0, 0, 0, 0, 0, 0]])
      guard case .socks(let reply) = error?.connect?.proxyFailure else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(reply.rawValue == code)
      #expect(error?.errno == .connectionAbort)
      texts.insert(reply.description)
    }
    #expect(texts.count == 9)
  }

  @Test func `a login that is not taken, and methods that will not do, are told apart`() throws {
    guard case .credentialsRefused = try error([[5, 2], [1, 1]], user: "me:no@")?.connect?.proxyFailure,
      case .noAcceptableMethod = try error([[5, 0xFF]])?.connect?.proxyFailure,
      case .notSOCKS = try error([[5, 2]])?.connect?.proxyFailure,
      case .notSOCKS = try error([[5, 1]])?.connect?.proxyFailure
    else {
      Issue.record("another error")
      return
    }
  }

  @Test(arguments: [[[0x48, 0x54]], [[5, 0], [4, 0, 0, 1]], [[5, 0], [5, 0, 0, 2]], [[0, 0]]] as [[[UInt8]]])
  func `what is no SOCKS version 5 is told`(_ answers: [[UInt8]]) throws {
    guard case .notSOCKS = try error(answers)?.connect?.proxyFailure else {
      Issue.record("another error")
      return
    }
  }

  @Test func `a proxy that closes, or stops, anywhere is told`() throws {
    let whole: [[UInt8]] = [[5, 0], Self.granted]
    for count in 0..<(2 + Self.granted.count) {
      let answers: [[UInt8]] =
        count < 2 ? [Array(whole[0].prefix(count))] : [whole[0], Array(whole[1].prefix(count - 2))]
      guard case .closed = try error(answers, stays: false)?.connect?.proxyFailure else {
        Issue.record("another error after \(count) bytes")
        return
      }
      guard count.isMultiple(of: 4) else { continue }
      #expect(try timedOut(in: .proxy) { try error(answers, timeout: $0) }?.timedOutPhase == .proxy)
    }
  }

  @Test func `names, users and passwords that SOCKS has no room for are told`() throws {
    let long = String(repeating: "x", count: 256)
    let proxy = try Peer { socket in
      _ = try socket.read(4)
      try socket.write([5, 2])
      try socket.readToEnd()
    }
    let error = failure {
      try websocketConnect(
        url: "ws://127.0.0.2/", options: through("socks5://me:\(long)@127.0.0.1:\(proxy.port)"), timeout: patience)
    }
    guard case .tooLongForSOCKS = error?.connect?.proxyFailure else {
      Issue.record("\(String(describing: error))")
      return
    }
    _ = try proxy.join()
  }
}
