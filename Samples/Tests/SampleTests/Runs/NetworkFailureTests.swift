import SampleTestSupport
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets

struct NetworkFailureTests {
  /// Runs the sample against a URL where something is wrong.
  private func failure(_ arguments: String...) throws -> String {
    let outcome = try Sample.run(arguments)
    #expect(outcome.status == .exited(1))
    #expect(outcome.output == "")
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("websocket-client: "))
    return outcome.errors
  }

  @Test(arguments: [[], ["send"], ["listen"]] as [[String]])
  func `a port where nobody listens`(_ command: [String]) throws {
    let file = command == ["send"] ? ["/dev/null"] : []
    let outcome = try Sample.run(command + ["--url", "ws://127.0.0.1:\(try freePort())/"] + file)
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("refuses the connection: is a server listening there?"))
  }

  @Test func `a name that does not exist`() throws {
    // RFC 6761 section 6.4: this domain never resolves.
    let message = try failure("--url", "ws://no-such-host.invalid/", "--timeout", "20")
    #expect(message.contains("'no-such-host.invalid'"))
  }

  @Test(
    arguments: [
      ("401 Unauthorized\r\nWWW-Authenticate: Basic", "--header 'Authorization: ...'"),
      ("403 Forbidden", "credentials"),
      ("404 Not Found", "nothing is at '/'"),
      ("302 Found\r\nLocation: http://127.0.0.1/there", "'http://127.0.0.1/there'"),
      ("200 OK", "as a page"),
      ("426 Upgrade Required", "subprotocol"),
      ("503 Service Unavailable", "try again later"),
    ])
  func `an answer other than 101 is shown with a hint`(_ head: String, _ hint: String) throws {
    let peer = try Peer.answering("HTTP/1.1 \(head)\r\nContent-Length: 0\r\n\r\n")
    let message = try failure("--url", peer.url)
    #expect(message.contains("the server answers \(head.prefix { $0 != "\r\n" })"))
    #expect(message.contains(hint))
    _ = try peer.join()
  }

  @Test(
    arguments: [
      ("426 Upgrade Required\r\nSec-WebSocket-Version: 8, 7", "than 13: 8, 7"),
      ("401 Unauthorized\r\nWWW-Authenticate: Digest realm=x", "does not accept the user and password"),
      ("401 Unauthorized\r\nWWW-Authenticate: Digest realm=x", "it wants Digest realm=x"),
      ("500 Internal Server Error", "it says: {\"error\": \"full\"}"),
      ("403 Forbidden\r\nX Powered By: box", "credentials"),
    ])
  func `what a refusing server says itself is shown`(_ head: String, _ words: String) throws {
    let peer = try Peer.answering("HTTP/1.1 \(head)\r\nContent-Length: 17\r\n\r\n{\"error\": \"full\"}")
    #expect(try failure("--url", peer.url.replacing("ws://", with: "ws://me:word@")).contains(words))
    _ = try peer.join()
  }

  @Test func `the request carries path, port, header fields and subprotocols`() throws {
    let peer = try Peer.answering("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
    _ = try failure(
      "--url", peer.url + "chat?room=1", "--header", "X-One: 1", "--header", "X-Two: 2", "--subprotocol", "a",
      "--subprotocol", "b")
    let lines = try peer.join().split(separator: "\r\n")
    #expect(lines.first == "GET /chat?room=1 HTTP/1.1")
    #expect(lines.contains("Host: 127.0.0.1:\(peer.port)"))
    #expect(lines.contains("X-One: 1"))
    #expect(lines.contains("X-Two: 2"))
    #expect(lines.contains("Sec-WebSocket-Protocol: a, b"))
  }

  @Test func `a server that takes the connection and says nothing ends at the timeout`() throws {
    let peer = try Peer.answering("")
    let start = ContinuousClock.now
    let message = try failure("--url", peer.url, "--timeout", "0.3")
    #expect(message.contains("did not finish the handshake within 0.3 s"))
    #expect(ContinuousClock.now - start < .seconds(30))
    _ = try peer.join()
  }

  @Test func `a server that closes at once`() throws {
    let peer = try Peer.socket { _ in }
    _ = try failure("--url", peer.url)
    try peer.join()
  }

  @Test(arguments: ["100", "200000"]) func `an echo that does not come ends at the timeout`(_ size: String) throws {
    let peer = try Peer.webSocket { ws in
      // Until the client has gone.
      while (try? ws.recvMsg(maxCount: 65536, timeout: .seconds(10))) != nil {}
    }
    let message = try failure("--url", peer.url, "--timeout", "0.3", "--size", size)
    #expect(message.contains("timed out after 0.3 s while the echo of frame 1 was awaited (0 of "))
    try peer.join()
  }

  @Test func `a peer that closes early is quoted`() throws {
    let peer = try Peer.webSocket { ws in
      _ = try ws.recvMsg(maxCount: 1000, timeout: .seconds(10))
      _ = try? websocketDisconnect(ws, code: .init(rawValue: 1011), reason: "no more\u{1B}[31m", timeout: .seconds(5))
    }
    let message = try failure("--url", peer.url)
    #expect(message.contains("code 1011"))
    #expect(message.contains("no more^[[31m"))
    try peer.join()
  }
}
