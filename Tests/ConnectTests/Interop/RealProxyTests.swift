import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Proxies and a server that were not written here.
struct RealProxyTests {
  /// Sends messages of several sizes through and expects them back.
  private func exchange(_ url: String, _ options: ConnectOptions) throws {
    let connection = try websocketConnect(url: url, options: options, timeout: patience)
    for size in [0, 1, 125, 126, 65536, 200_000] {
      let payload = [UInt8](repeating: UInt8(size % 251), count: size)
      try connection.descriptor.sendMsg(payload, opcode: .binary, timeout: patience)
      let back = try connection.descriptor.receiveMessage(timeout: patience).binary
      #expect(equal(back, payload))
    }
    #expect(try connection.close(code: .normal, timeout: patience).code == .normal)
  }

  /// The echo server on the Python package `websockets`.
  private func withServer(_ body: (UInt16) throws -> Void) throws {
    guard let python = peerPython else { throw TestSupportError("needs .build/peers; run Scripts/prepare --tests") }
    let server = try ChildProcess(python, [packageRoot + "/Tests/Peers/websockets_echo.py"])
    defer { server.terminate() }
    let port = try #require(try server.readLine(timeout: .seconds(20)).flatMap { UInt16($0) })
    try body(port)
  }

  @Test func `the websockets package answers a connection by URL`() throws {
    try withServer { port in
      try exchange("ws://localhost:\(port)/chat?room=1", direct)
    }
  }

  @Test(
    .enabled(if: RealProxy.Kind.tinyproxy.program != nil, "needs tinyproxy; run Scripts/prepare --tests"))
  func `tinyproxy opens a tunnel, and wants its password`() throws {
    let proxy = try RealProxy(.tinyproxy)
    defer { proxy.stop() }
    try withServer { port in
      try exchange("ws://localhost:\(port)/", through("http://me:word@127.0.0.1:\(proxy.port)"))
      for login in ["", "me:no@"] {
        let error = failure {
          try websocketConnect(
            url: "ws://localhost:\(port)/", options: through("http://\(login)127.0.0.1:\(proxy.port)"),
            timeout: patience)
        }
        switch error?.connect?.proxyFailure {
        case .authenticationRequired(let response): #expect(response.status == 407)
        // What it says of a password that is wrong.
        case .refused(let response): #expect(response.status == 401 && !login.isEmpty)
        default: Issue.record("\(String(describing: error))")
        }
      }
    }
    let nowhere = try freePort()
    let error = failure {
      try websocketConnect(
        url: "ws://127.0.0.1:\(nowhere)/", options: through("http://me:word@127.0.0.1:\(proxy.port)"),
        timeout: patience)
    }
    guard case .refused(let response) = error?.connect?.proxyFailure else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(response.status >= 500)
  }

  @Test(
    .enabled(if: RealProxy.Kind.microsocks.program != nil, "needs microsocks; run Scripts/prepare --tests"),
    arguments: ["socks5", "socks5h"])
  func `microsocks opens a connection, and wants its password`(_ scheme: String) throws {
    let proxy = try RealProxy(.microsocks)
    defer { proxy.stop() }
    try withServer { port in
      try exchange("ws://127.0.0.1:\(port)/", through("\(scheme)://me:word@127.0.0.1:\(proxy.port)"))
      try exchange("ws://localhost:\(port)/", through("\(scheme)://me:word@127.0.0.1:\(proxy.port)"))
      let url = "ws://127.0.0.1:\(port)/"
      let without = failure {
        try websocketConnect(url: url, options: through("\(scheme)://127.0.0.1:\(proxy.port)"), timeout: patience)
      }
      guard case .noAcceptableMethod = without?.connect?.proxyFailure else {
        Issue.record("\(String(describing: without))")
        return
      }
      let wrong = failure {
        try websocketConnect(url: url, options: through("\(scheme)://me:no@127.0.0.1:\(proxy.port)"), timeout: patience)
      }
      guard case .credentialsRefused = wrong?.connect?.proxyFailure else {
        Issue.record("\(String(describing: wrong))")
        return
      }
    }
    let nowhere = try freePort()
    let error = failure {
      try websocketConnect(
        url: "ws://127.0.0.1:\(nowhere)/", options: through("\(scheme)://me:word@127.0.0.1:\(proxy.port)"),
        timeout: patience)
    }
    guard case .socks(let reply) = error?.connect?.proxyFailure else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(reply.rawValue == 5)
  }
}
