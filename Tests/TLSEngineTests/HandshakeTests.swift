import Synchronization
import TLSEngine
import Testing
import WestwindBuffers
import WestwindTestSupport

struct HandshakeTests {
  @Test(arguments: TLSVersion.allCases)
  func `both ends agree, and have no memory behind it`(version: TLSVersion) throws {
    let pair = try EnginePair(version, protocols: (["b", "a"], ["a", "b"]))
    #expect(pair.client.version == nil && pair.client.cipherSuite == nil && !pair.client.isEstablished)
    try pair.shakeHands()
    #expect(pair.client.version == version && pair.server.version == version)
    #expect(pair.client.cipherSuite == pair.server.cipherSuite && pair.client.cipherSuite?.hasPrefix("TLS_") == true)
    #expect(pair.client.cipherSuiteNumber != 0)
    #expect(pair.client.applicationProtocol == "a" && pair.server.applicationProtocol == "a")
    #expect(pair.client.peerSubject == "CN=westwind test" && pair.server.peerSubject == nil)
    #expect(!pair.client.isResumed && pair.client.verifyResult == 0)
    #expect(pair.memory.outstanding == 0)
  }

  @Test(arguments: TLSVersion.allCases, [1, 2, 5, 100])
  func `the flights may come in pieces`(version: TLSVersion, piece: Int) throws {
    let pair = try EnginePair(version)
    try pair.shakeHands(piecesOf: piece)
    try pair.client.write([1, 2, 3])
    try pair.server.give(pair.client.takeOutput())
    #expect(try pair.server.readAll().bytes == [1, 2, 3])
    #expect(pair.memory.outstanding == 0)
  }

  @Test(arguments: TLSVersion.allCases)
  func `the server's first flight may be cut at every byte`(version: TLSVersion) throws {
    let contexts = (client: try Contexts.client(version), server: try Contexts.server(version))
    var cut = 0
    var length = 1
    while cut < length {
      let pair = try EnginePair(version, contexts: contexts)
      #expect(pair.client.shakeHands() == .needsInput)
      try pair.server.give(pair.client.takeOutput())
      #expect(pair.server.shakeHands() == .needsInput)
      // Its length is not always the same: a signature's is not.
      let flight = pair.server.takeOutput()
      length = flight.count
      guard cut < length else { break }
      try pair.client.give(Array(flight.prefix(cut)))
      guard pair.client.shakeHands() == .needsInput else {
        Issue.record("the client goes on with \(cut) bytes of \(length)")
        return
      }
      try pair.client.give(Array(flight.dropFirst(cut)))
      try pair.shakeHands()
      cut += 1
    }
    #expect(cut > 500)
  }

  @Test(arguments: TLSVersion.allCases)
  func `a certificate for another host is refused, and the server is told`(version: TLSVersion) throws {
    let pair = try EnginePair(version, hostName: "other.example")
    #expect(throws: TLSFailure<Never>.hostNameMismatch(expected: "other.example")) { try pair.shakeHands() }
    #expect(pair.client.shakeHands() == .failed)
    try pair.server.give(pair.client.takeOutput())
    #expect(pair.server.shakeHands() == .failed)
    guard case .alert? = pair.server.failure else {
      Issue.record("\(String(describing: pair.server.failure))")
      return
    }
    #expect(pair.memory.outstanding == 0)
  }

  @Test(arguments: [
    ("127.0.0.1", nil), ("::1", nil), ("localhost.", nil), ("server.example", nil),
    ("127.0.0.2", TLSFailure<Never>.addressMismatch(expected: "127.0.0.2")),
    ("::2", .addressMismatch(expected: "::2")),
    // Not an address in decimal, so a name.
    ("127.0.0.01", .hostNameMismatch(expected: "127.0.0.01")), ("127.0.1", .hostNameMismatch(expected: "127.0.1")),
    ("127.0.0.256", .hostNameMismatch(expected: "127.0.0.256")),
  ])
  func `addresses are told from names`(hostName: String, failure: TLSFailure<Never>?) throws {
    let pair = try EnginePair(hostName: hostName)
    do {
      try pair.shakeHands()
      #expect(failure == nil)
    } catch let error as TLSFailure<Never> {
      #expect(error == failure)
    }
  }

  @Test(arguments: ["", ".example", "a\0b", String(repeating: "a", count: 254)])
  func `a name that cannot be verified makes no engine`(hostName: String) throws {
    let context = try Contexts.client(.tls1_3)
    do {
      _ = try TLSConnectionEngine.client(context, hostName: hostName)
      Issue.record("an engine for \(hostName)")
    } catch {
      guard case .badConfiguration = error else { throw error }
    }
  }

  @Test func `a context of the other side makes no engine`() async {
    let client = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try TLSConnectionEngine.client(Contexts.server(.tls1_3), hostName: "localhost")
    }
    let server = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try TLSConnectionEngine.server(Contexts.client(.tls1_3))
    }
    for result in [client, server] {
      let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(said.contains("'s end needs a"))
    }
  }

  @Test func `a lenient client notes what is wrong, and goes on`() throws {
    let lenient = try Contexts.client(.tls1_3) { $0.isLenient = true }
    let server = try Contexts.server(.tls1_3, TestCertificate.otherName.get())
    let pair = try EnginePair(contexts: (lenient, server))
    try pair.shakeHands()
    // The name, and no trusted authority.
    #expect(pair.client.verifyResult == 4 | 8)
  }

  @Test func `without trust roots there is no context that verifies`() throws {
    #expect(throws: TLSFailure<Never>.badConfiguration("there are no trust roots")) {
      _ = try TLSContext(TLSContext.Configuration(.client, verification: .required))
    }
  }

  @Test(arguments: TLSVersion.allCases)
  func `a session is resumed, whose ticket came in memory`(version: TLSVersion) throws {
    let contexts = (client: try Contexts.client(version), server: try Contexts.server(version))
    let kept = Kept()
    let first = try EnginePair(
      version, contexts: contexts,
      onSession: { session in kept.sessions.withLock { $0.append(session) } })
    try first.shakeHands()
    let session = try #require(kept.sessions.withLock { $0.last })
    #expect(session.isForOneUse == (version == .tls1_3))
    let second = try EnginePair(
      version, contexts: contexts, session: session)
    try second.shakeHands()
    #expect(second.client.isResumed && second.server.isResumed)
  }

  @Test(arguments: [
    ("localhost.", "localhost"), ("localhost", "localhost"), ("", ""), (".", ""), ("127.0.0.1", "127.0.0.1"),
    ("127.0.0.1.", "127.0.0.1."), ("::1", "::1"),
  ])
  func `a name with a dot at its end is the same for sessions, and an address is not`(hostName: String, name: String) {
    #expect(TLSConnectionEngine.verifiedName(hostName) == name)
  }

  private final class Kept: Sendable {
    let sessions = Mutex<[TLSSession]>([])
  }

  @Test func `a message that is none of a client's fails, and leaves an alert`() throws {
    let pair = try EnginePair()
    try pair.server.give([22, 3, 1, 0, 4, 255, 0, 0, 0])
    #expect(pair.server.shakeHands() == .failed)
    guard case .protocolError? = pair.server.failure else {
      Issue.record("\(String(describing: pair.server.failure))")
      return
    }
    let alert = pair.server.takeOutput()
    // RFC 8446 6: fatal, unexpected_message.
    #expect(alert.first == 21 && alert.dropFirst(3) == [0, 2, 2, 10])
    #expect(pair.memory.outstanding == 0)
  }

  @Test func `bytes that are not TLS fail, and are not answered`() throws {
    let pair = try EnginePair()
    try pair.server.give(Array("GET / HTTP/1.1\r\n\r\n".utf8))
    #expect(pair.server.shakeHands() == .failed)
    guard case .protocolError? = pair.server.failure else {
      Issue.record("\(String(describing: pair.server.failure))")
      return
    }
    // Who does not speak TLS would not understand an alert: OpenSSL sends none.
    #expect(!pair.server.hasOutput)
  }
}
