import PerMessageDeflate
import SystemPackage
import Testing
import WebSocketProtocol
import WestwindSockets
import WestwindTLS

@testable import Westwind

/// What errors say.
struct WebSocketErrorTests {
  static let protocolError = Errno(rawValue: 71)  // EPROTO

  static let table: [(WebSocketError, Errno)] = [
    (.invalidArgument(.emptyBuffer), .invalidArgument),
    (.badDescriptor, .badFileDescriptor),
    (.notAWebSocket, .noSuchFileOrDirectory),
    (.socketInUse, .fileExists),
    (.tooManyContexts(limit: 7), .noSuchFileOrDirectory),
    (.notSupported(symbol: "WEBSOCKET_CLIENT"), .notSupported),
    (.connect(.failing(.resolution, .timedOut)), .timedOut),
    (.connect(ConnectError(.resolution, .timedOut, target: "h:80", lookUpsBefore: 16)), .timedOut),
    (.connect(.failing(.connection, .timedOut, .connectionRefused, .timedOut)), .timedOut),
    (.connect(.failing(.proxy, .timedOut)), .timedOut),
    (.connect(.failing(.tls, .timedOut)), .timedOut),
    (.connect(.failing(.resolution, .resolution(ResolutionError(host: "h\n", reason: "none")))), .noRouteToHost),
    (.connect(.failing(.connection, .unreachable, .networkUnreachable, .connectionRefused)), .networkUnreachable),
    (.connect(.failing(.proxy, .invalidProxyURL(.proxyPath))), .invalidArgument),
    (.connect(.failing(.connection, .invalidUnixPath)), .invalidArgument),
    (.connect(.failing(.proxy, .proxy(.closed))), .connectionAbort),
    (.connect(.failing(.proxy, .tls(.selfSigned))), .connectionAbort),
    (.connect(.failing(.tls, .tls(.protocolVersion))), protocolError),
    (.redirect(.insecure(location: "ws://h/\u{85}"), from: "wss://h/"), .connectionAbort),
    (.refused("no"), .connectionAbort),
    (.handshake(HandshakeError(.refused(.forbidden))), .connectionAbort),
    (.wouldBlock, .wouldBlock),
    (.timedOut, .timedOut),
    (.aborted, .connectionAbort),
    (.notConnected(nil), .socketNotConnected),
    (.notConnected(CloseStatus(code: .goingAway, reason: "bye")), .socketNotConnected),
    (.notConnected(CloseStatus(code: .abnormal)), .socketNotConnected),
    (.notConnected(CloseStatus(code: .noStatus)), .socketNotConnected),
    (.connectionLost(.connectionReset), .connectionReset),
    (.connectionLost(.brokenPipe), .brokenPipe),
    (.protocolViolation(.maskedByServer), protocolError),
    (.messageTooBig(limit: 9), .messageTooLong),
    (.keepAliveExpired, .timedOut),
    (.system(.tooManyOpenFiles), .tooManyOpenFiles),
  ]

  @Test(arguments: table) func `each error has the number that Zephyr's calls return`(
    error: WebSocketError, number: Errno
  ) {
    #expect(error.errno == number)
  }

  static let violations: [ProtocolViolation] = [
    .reservedBits(4), .reservedOpcode(3), .maskedByServer, .unmaskedByClient, .fragmentedControlFrame,
    .oversizeControlFrame(126), .continuationWithoutMessage, .messageInsideMessage, .lengthNotMinimal, .lengthTopBitSet,
    .textNotUTF8, .closeReasonNotUTF8, .closeBodyOfOneByte, .closeCodeNotAllowed(1005),
  ]

  static let refusals: [SendState.Refusal] = [
    .reservedOpcode(3), .afterClose, .controlFrameNotFinal, .controlFrameTooLong(126), .continuationWithoutMessage,
    .messageInsideMessage, .textNotUTF8, .closeBodyNotValid(.closeBodyOfOneByte),
  ]

  static let mistakes: [WebSocketError.InvalidArgument] =
    refusals.map { .frame($0) } + [.maskNotForRole, .emptyBuffer, .bufferTooSmall(minimum: 64), .closeReason]
    + [.url(.fragment)]
    + ([
      .badHost("a\r\nb".bytes), .badTarget("\n".bytes), .fieldWithoutColon("a\n".bytes), .badFieldName("a\nb".bytes),
      .badFieldValue(name: "A".bytes), .reservedField(name: "Host".bytes), .badSubprotocol("\u{85}\u{2028}".bytes),
      .duplicateSubprotocol("a".bytes),
    ] as [HandshakeTextError]).map { .handshakeText($0) }

  static let everyCase: [WebSocketError] =
    table.map { $0.0 } + violations.map { .protocolViolation($0) } + mistakes.map { .invalidArgument($0) } + [
      // What peers and callers put into them.
      .refused("first\nsecond\r\u{1B}[31m"),
      .notConnected(CloseStatus(code: .normal, reason: "one\ntwo\u{2028}three\u{85}\u{0}")),
    ]

  @Test(arguments: everyCase) func `each error is one line that says something`(error: WebSocketError) {
    let line = error.description
    #expect(line.count > 10)
    #expect(!line.contains { $0.isNewline })
    #expect(line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    #expect(error.errno.rawValue > 0)
    #expect(!showsCase(line), "\(line)")
  }

  /// A name of Swift's: `.someCase`, `someCase(`, or a word with a capital inside and a label behind a bracket. What options are
  /// named stands in brackets behind the sentence.
  private func showsCase(_ line: String) -> Bool {
    line.contains(/\b[a-z]+[A-Z][A-Za-z]*\(|\([a-z][A-Za-z]*: |\.[a-z]+[A-Z]|Optional\(|rawValue/)
  }

  static let negotiations: [NegotiationError] = [
    .malformed("a=\n"), .extensionNotOffered("x"), .extensionRepeated, .unknownParameter("x"), .duplicateParameter("x"),
    .valueMissing("x"), .valueNotAllowed("x", value: "1"), .valueOutOfRange("x", value: "7"),
    .windowLargerThanOffered(15, offered: 9), .parameterNotOffered("x"), .parameterMissing("x"),
  ]

  @Test(arguments: negotiations) func `no answer to the offer of compression is told by a name of Swift's`(
    error: NegotiationError
  ) {
    let line = HandshakeError(.extensions(error)).description
    #expect(line.hasPrefix("the handshake failed: Sec-WebSocket-Extensions: "))
    #expect(!showsCase(line) && !line.contains { $0.isNewline }, "\(line)")
  }

  @Test func `errors of the protocol's own module are told in words, too`() {
    let errors: [any Error] =
      Self.violations + Self.refusals
      + [
        HandshakeTextError.badHost([]), HandshakeTextError.duplicateSubprotocol([0x61]), HandshakeViolation.notHTTP,
        HandshakeViolation.headTooLarge(limit: 1), HandshakeViolation.bodyAnnounced, HandshakeViolation.malformedField,
        HandshakeRefusal.forbidden, ProtocolViolation.notInflatable,
      ]
    for error in errors {
      #expect("\(error)".contains(" ") && !showsCase("\(error)"), "\(error)")
    }
  }

  @Test func `a header without a colon is not told whole, since its rest may be a secret`() {
    let error = WebSocketError.invalidArgument(.handshakeText(.fieldWithoutColon("Authorization Bearer s3cret".bytes)))
    #expect(error.description.contains("'Authorization'"))
    #expect(!error.description.contains("s3cret"))
  }

  static let proxyFailures: [ProxyFailure] =
    [
      .notHTTP("why"), .unexpectedBytes(3), .closed, .connectionLost(.connectionReset), .notSOCKS,
      .noAcceptableMethod, .credentialsRefused, .tooLongForSOCKS,
    ] + (1...9).map { .socks(SOCKSReply(rawValue: $0)) }

  static let redirectFailures: [RedirectFailure] = [
    .tooMany(limit: 5, location: "/\r\n"), .insecure(location: "ws://h/"), .offUnixSocket(location: "/"),
    .ontoUnixSocket(location: "ws+unix:///"),
    .badLocation("\u{1B}"),
  ]

  @Test func `every failure on the way to a server is one line, and they differ`() {
    let causes: [ConnectError.Cause] =
      Self.proxyFailures.map { .proxy($0) } + [
        .timedOut, .unreachable, .invalidUnixPath, .invalidProxyURL(.proxyPath),
      ]
    let lines =
      causes.map { ConnectError.failing(.proxy, $0).description }
      + Self.redirectFailures.map { WebSocketError.redirect($0, from: "ws://h/\u{1B}").description }
    #expect(Set(lines).count == lines.count)
    #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } })
    let phases = ConnectError.Phase.allCases.map { ConnectError.failing($0, .timedOut) }
    #expect(Set(phases.map { $0.description }).count == phases.count)
    #expect(phases.map { WebSocketError.connect($0).timedOutPhase } == ConnectError.Phase.allCases)
    #expect(WebSocketError.timedOut.timedOutPhase == nil)
  }

  @Test func `no two kinds of error say the same`() {
    let lines = Self.everyCase.map { $0.description }
    #expect(Set(lines).count == Set(Self.everyCase.map { "\($0.errno.rawValue) \($0.description)" }).count)
    #expect(
      Set(Self.violations.map { WebSocketError.protocolViolation($0).description }).count == Self.violations.count)
    #expect(Set(Self.mistakes.map { $0.description }).count == Self.mistakes.count)
  }

  static let refusals101: [String] = {
    let lines = SampleHandshake.acceptanceLines
    let good = head(lines)
    return [
      good.replacing("HTTP/1.1", with: "HTTP/1.0"), good.replacing("Upgrade: ", with: "A: "),
      good.replacing("Connection: ", with: "A: "), good.replacing("Sec-WebSocket-Accept: ", with: "A: "),
      good.replacing("Accept: ", with: "Accept: x"), head(lines + ["Sec-WebSocket-Protocol: a"]),
      head(lines + ["Sec-WebSocket-Extensions: a"]),
    ]
  }()

  @Test func `every failed handshake is one line that says something, and they differ`() throws {
    let answers =
      [
        "HTTP/1.1 302 Found\r\nLocation: /\u{85}\u{2028}x\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 401 \r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 403 \r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 407 \r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 426 \r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 500 \r\nContent-Length: 0\r\n\r\n",
        "SMTP\r\n\r\n", "HTTP/1.1 101 \r\nX\r\n\r\n",
        "HTTP/1.1 200 " + String(repeating: "x", count: 20_000),
      ] + Self.refusals101
    var lines: Set<String> = []
    for answer in answers {
      let error = try #require(try refusal(of: answer))
      #expect(error.errno == .connectionAbort)
      #expect(error.description.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
      #expect(!error.description.contains { $0.isNewline })
      lines.insert(error.description)
    }
    #expect(lines.count == answers.count)
  }

  @Test(
    arguments: [
      ("HTTP/1.1 401 Unauthorized", "the server refused the handshake: status 401, it wants authorization"),
      ("HTTP/1.1 404 Not Found", "the server refused the handshake: status 404, no such path"),
    ]
      + [301, 302, 307, 308].map {
        (
          "HTTP/1.1 \($0) Moved\r\nLocation: wss://example.org/new",
          "the server refused the handshake: redirect, status \($0) to wss://example.org/new"
        )
      })
  func `a refusal says its status, what that means, and where to`(answer: String, line: String) throws {
    #expect(try refusal(of: answer + "\r\nContent-Length: 0\r\n\r\n")?.description == line)
  }

  @Test func `a limit that was passed is named with its option`() throws {
    let filler = "X-Filler: \(String(repeating: "x", count: 65536))"
    #expect(
      try refusal(of: head(SampleHandshake.acceptanceLines + [filler]))?.description
        == "the handshake failed: the peer's head is over the limit of 16384 bytes (maxResponseHeadSize)")
    #expect(
      WebSocketError.messageTooBig(limit: 2).description == "a message was over the limit of 2 bytes (maxMessageSize)")
  }
}

extension ConnectError {
  /// A failure with these errors at addresses of no meaning.
  fileprivate static func failing(_ phase: Phase, _ cause: Cause, _ errors: Errno...) -> ConnectError {
    let attempts = errors.map { Attempt(address: .loopback(port: 9), error: $0) }
    return ConnectError(phase, cause, target: "h\u{1B}:9", attempts: attempts)
  }
}
