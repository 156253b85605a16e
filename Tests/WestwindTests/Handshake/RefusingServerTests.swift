import Glibc
import HTTPTypes
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Servers that answer, and the answer is no.
struct RefusingServerTests {
  @Test(arguments: Wire.allCases)
  func `a 401 gives its status, fields and body, and calls onResponse, but not onConnect`(wire: Wire) throws {
    var isConnected = false
    let attempt = try attempt(over: wire) {
      $0.onConnect = { _, _ in isConnected = true }
    } answer: { _ in
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 9\r\n\r\nwho's it?and more"
    }
    let error = try #require(attempt.error?.handshake)
    #expect(error.cause == .text(.status(401)))
    let response = try #require(error.response)
    #expect(response.status == 401)
    #expect(response.fields[.wwwAuthenticate] == "Basic realm=\"x\"")
    #expect(response.body.text == "who's it?")
    #expect(attempt.responses == [response])
    #expect(!isConnected)
    #expect(attempt.error?.errno == .connectionAbort)
    #expect(attempt.error?.description == "the server refused the handshake: status 401, it wants authorization")
  }

  @Test(arguments: [0, 1, 5, nil])
  func `a body is kept up to 4 KiB, or as much of it as the option says`(limit: Int?) throws {
    let body = String(repeating: "abcdefgh", count: 1000)
    let attempt = try attempt { request in
      if let limit { request.options.maxErrorBodySize = limit }
    } answer: { _ in
      "HTTP/1.1 403 Forbidden\r\nContent-Length: 8000\r\n\r\n\(body)"
    }
    #expect(attempt.error?.handshake?.response?.body == Array(body.utf8.prefix(limit ?? 4096)))
  }

  @Test func `a body without a length goes to the end of the stream`() throws {
    let attempt = try withAttempt { peer in
      _ = try peer.readHead()
      try peer.write("HTTP/1.0 503 Busy\r\n\r\ntry ")
      try peer.waitUntilTaken()
      try peer.write("later")
      try peer.socket.shutdown(.write)
      _ = try peer.readToEnd()
    } _: {
      $0
    }
    #expect(attempt.error?.handshake?.cause == .text(.status(503)))
    #expect(attempt.error?.handshake?.response?.body.text == "try later")
  }

  @Test(arguments: ["", "Content-Length: 100\r\n"])
  func `a body that never comes does not turn the refusal into a timeout`(length: String) throws {
    let attempt = try withAttempt(timeout: .seconds(1)) { peer in
      _ = try peer.readHead()
      try peer.write("HTTP/1.1 500 Oh\r\n\(length)\r\nhalf")
      _ = try peer.readToEnd()
    } _: {
      $0
    }
    #expect(attempt.error?.handshake?.cause == .text(.status(500)))
    #expect(attempt.error?.handshake?.response?.body.text == "half")
    #expect(attempt.elapsed < .seconds(15))
  }

  @Test(arguments: [
    ("Content-Length: 25", "{\"error\":\"token expired\"}"),
    ("Transfer-Encoding: chunked", "19\r\n{\"error\":\"token expired\"}\r\n0\r\n\r\n"),
  ])
  func `a body that is announced is waited for`(field: String, body: String) throws {
    let attempt = try withAttempt { peer in
      _ = try peer.readHead()
      try peer.write("HTTP/1.1 401 Unauthorized\r\n\(field)\r\n\r\n")
      // Longer than what is not announced is waited for.
      usleep(800_000)
      try peer.write(body)
      _ = try peer.readToEnd()
    } _: {
      $0
    }
    #expect(attempt.error?.handshake?.response?.body.text == "{\"error\":\"token expired\"}")
  }

  @Test func `a malformed field beside a refusal does not hide its status`() throws {
    let attempt = try attempt { _ in "HTTP/1.1 403 Forbidden\r\nX Powered By: box\r\nContent-Length: 2\r\n\r\nno" }
    #expect(attempt.error?.handshake?.cause == .text(.status(403)))
    #expect(attempt.error?.handshake?.response?.body.text == "no")
  }

  @Test func `a 426 names the versions that the server speaks`() throws {
    let attempt = try attempt { _ in
      "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 8, 7\r\nContent-Length: 0\r\n\r\n"
    }
    #expect(
      attempt.error?.description
        == "the server refused the handshake: status 426, it wants another version of the protocol: 8, 7, and this is 13"
    )
  }

  @Test(
    arguments: [
      (["Authorization: Bearer abc"], false, "Basic realm=\"x\"", "it does not accept the authorization that was sent"),
      ([], true, "Basic realm=\"x\"", "it does not accept the authorization that was sent"),
      (["X-API-Key: 1"], false, "Basic realm=\"x\"", "it wants authorization"),
      (
        ["Authorization: Basic YTpi"], false, "Digest realm=\"x\", nonce=\"y\"",
        "it does not accept the authorization that was sent, by Digest"
      ),
      ([], false, "Digest realm=\"x, y\", nonce=\"y\", qop=\"auth\"", "it wants authorization, by Digest"),
      ([], false, "Negotiate, Basic realm=\"x\"", "it wants authorization"),
    ] as [([String], Bool, String, String)])
  func `credentials that were sent and refused are said to have been refused`(
    headers: [String], isWrittenByCallback: Bool, challenge: String, text: String
  ) throws {
    let attempt = try attempt { request in
      request.optionalHeaders = headers
      guard isWrittenByCallback else { return }
      request.optionalHeadersCallback = { (socket) throws(Errno) in try socket.send(Array("Authorization: x\r\n".utf8))
      }
    } answer: { _ in
      "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: \(challenge)\r\nContent-Length: 0\r\n\r\n"
    }
    #expect(attempt.error?.description == "the server refused the handshake: status 401, \(text)")
    let sent = isWrittenByCallback || headers.contains { $0.hasPrefix("Authorization") }
    #expect(attempt.error?.handshake?.sentCredentials == sent)
  }

  @Test func `interim responses are passed over`() throws {
    let attempt = try attempt { request in
      "HTTP/1.1 100 Continue\r\n\r\n" + "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + request.acceptance
    }
    #expect(attempt.error == nil)
    #expect(attempt.responses.map { $0.status } == [101])
  }

  @Test func `interim responses without end run into the limit of the head`() throws {
    let attempt = try attempt {
      $0.options.maxResponseHeadSize = 1000
    } answer: { _ in
      String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 50)
    }
    guard case .text(.headTooLarge) = attempt.error?.handshake?.cause else {
      Issue.record("\(attempt.error as Any)")
      return
    }
  }
}
