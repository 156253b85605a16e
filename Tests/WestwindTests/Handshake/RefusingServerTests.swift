import HTTPTypes
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets

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

  @Test func `a body that never comes does not hold the error up to the deadline`() throws {
    let attempt = try withAttempt { peer in
      _ = try peer.readHead()
      try peer.write("HTTP/1.1 500 Oh\r\nContent-Length: 100\r\n\r\nhalf")
      _ = try peer.readToEnd()
    } _: {
      $0
    }
    #expect(attempt.error?.handshake?.response?.body.text == "half")
    #expect(attempt.elapsed < .seconds(15))
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
