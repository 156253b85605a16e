import Synchronization
import TLSEngine
import WestwindBuffers
import WestwindTestSupport

/// A client's engine and a server's. Tests move the ciphertext between them.
struct EnginePair {
  let client: Peer
  let server: Peer
  /// The memory of both.
  let memory = CountingSource()

  init(
    _ version: TLSVersion = .tls1_3, hostName: String? = "localhost",
    contexts: (client: TLSContext, server: TLSContext)? = nil,
    protocols: (client: [String], server: [String]) = ([], []), session: TLSSession? = nil,
    onSession: (@Sendable (TLSSession) -> Void)? = nil, verifier: TLSVerifier? = nil
  ) throws {
    let contexts = try contexts ?? (Contexts.client(version), Contexts.server(version))
    client = Peer(
      try .client(
        contexts.client, hostName: hostName, applicationProtocols: protocols.client, session: session,
        onSession: onSession, verifier: verifier), memory)
    server = Peer(try .server(contexts.server, applicationProtocols: protocols.server), memory)
  }

  /// A pair that has shaken hands, with the session tickets read.
  static func connected(_ version: TLSVersion = .tls1_3) throws -> EnginePair {
    let pair = try EnginePair(version)
    try pair.shakeHands()
    return pair
  }

  /// Shakes hands, and lets the client read the session tickets.
  ///
  /// - Parameter size: the most bytes that an engine is given at a time.
  func shakeHands(piecesOf size: Int = .max) throws {
    var steps = (client: client.shakeHands(), server: TLSConnectionEngine.Step.needsInput)
    for _ in 0..<10 where steps != (.done, .done) {
      for piece in client.takeOutput().pieces(of: size) {
        try server.give(piece)
        if steps.server != .done { steps.server = server.shakeHands() }
      }
      for piece in server.takeOutput().pieces(of: size) {
        try client.give(piece)
        if steps.client != .done { steps.client = client.shakeHands() }
      }
      if let failure = client.failure { throw failure }
      if let failure = server.failure { throw failure }
    }
    guard steps == (.done, .done) else { throw TestSupportError("no handshake: \(steps)") }
    _ = try client.readAll()
  }
}

/// An engine, and the memory that it is given. A class, since what is expected of a value that cannot be copied does not
/// compile (Swift 6.3).
final class Peer {
  var engine: TLSConnectionEngine
  private let memory: CountingSource

  init(_ engine: consuming TLSConnectionEngine, _ memory: CountingSource) {
    self.engine = engine
    self.memory = memory
  }

  var failure: TLSFailure<Never>? { engine.failure }
  var hasOutput: Bool { engine.hasOutput }
  var version: TLSVersion? { engine.version }
  var cipherSuite: String? { engine.cipherSuite }
  var cipherSuiteNumber: CInt { engine.cipherSuiteNumber }
  var applicationProtocol: String? { engine.applicationProtocol }
  var peerSubject: String? { engine.peerSubject }
  var peerCertificate: TLSPeerCertificate? { engine.peerCertificate }
  var isResumed: Bool { engine.isResumed }
  var verifyResult: CInt { engine.verifyResult }
  var isEstablished: Bool { engine.isEstablished }
  var owesClose: Bool { engine.owesClose }
  var hasEnded: Bool { engine.hasEnded }
  var hasInput: Bool { engine.hasInput }

  func shakeHands() -> TLSConnectionEngine.Step { engine.shakeHands(memory: memory) }
  func close() { engine.close(memory: memory) }
  func hasDeliverable() -> Bool { engine.hasDeliverable(memory: memory) }

  /// All ciphertext that waits to be sent.
  func takeOutput() -> [UInt8] {
    let bytes = engine.withOutput { $0.withUnsafeBytes { Array($0) } }
    engine.dropOutput(bytes.count, memory: memory)
    return bytes
  }

  /// Puts ciphertext into the input, all of it.
  func give(_ bytes: [UInt8]) throws {
    let taken = engine.receive(bytes.span.bytes, memory: memory)
    guard taken == bytes.count else { throw TestSupportError("room for \(taken) of \(bytes.count) bytes") }
  }

  func read(atMost count: Int, isPeek: Bool = false) -> (bytes: [UInt8], step: TLSConnectionEngine.Step) {
    var step = TLSConnectionEngine.Step.done
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { room, count in
      let room = UnsafeMutableRawBufferPointer(room)
      var output = OutputRawSpan(buffer: room, initializedCount: 0)
      step = engine.read(into: &output, isPeek: isPeek, memory: memory)
      count = output.finalize(for: room)
    }
    return (bytes, step)
  }

  /// Reads until there is nothing more.
  ///
  /// - Returns: the plaintext, and why it stopped.
  func readAll() throws -> (bytes: [UInt8], step: TLSConnectionEngine.Step) {
    var bytes: [UInt8] = []
    while true {
      let piece = read(atMost: 1000)
      bytes += piece.bytes
      if piece.step != .done { return (bytes, piece.step) }
    }
  }

  /// Writes up to three runs, of which `sent` bytes have been taken before.
  func write(
    _ first: [UInt8], _ second: [UInt8] = [], _ third: [UInt8] = [], sent: inout Int
  ) -> TLSConnectionEngine.Step {
    let payload = Payload(first.span.bytes, second.span.bytes, third.span.bytes)
    return engine.write(payload.dropping(first: sent), taken: &sent, memory: memory)
  }

  /// Writes bytes that the output has room for.
  func write(_ first: [UInt8], _ second: [UInt8] = [], _ third: [UInt8] = []) throws {
    var sent = 0
    let step = write(first, second, third, sent: &sent)
    guard step == .done, sent == first.count + second.count + third.count else {
      throw TestSupportError("\(step) behind \(sent) bytes")
    }
  }
}

extension [UInt8] {
  func pieces(of size: Int) -> [[UInt8]] {
    let size = Swift.max(1, Swift.min(size, count))
    return stride(from: 0, to: count, by: size).map { Array(self[$0...].prefix(size)) }
  }
}

/// Allocates, and counts the buffers that have not come back.
final class CountingSource: BufferSource, Sendable {
  private let given = Atomic<Int>(0)
  var outstanding: Int { given.load(ordering: .relaxed) }

  func take(_ capacity: Int) -> Buffer {
    given.add(1, ordering: .relaxed)
    return Buffer(capacity: capacity)
  }

  func give(_ buffer: consuming Buffer) {
    given.subtract(1, ordering: .relaxed)
  }
}

/// Contexts of a server that shows `TestCertificate.good`, and of clients that trust it.
enum Contexts {
  static func client(
    _ version: TLSVersion, _ change: (inout TLSContext.Configuration) -> Void = { _ in }
  ) throws -> TLSContext {
    var configuration = TLSContext.Configuration(.client, verification: .required)
    configuration.trustRoots = try TestCertificate.good.get().certificate
    configuration.minimumVersion = version
    configuration.maximumVersion = version
    change(&configuration)
    return try TLSContext(configuration)
  }

  static func server(_ version: TLSVersion, _ certificate: TestCertificate? = nil) throws -> TLSContext {
    let certificate = try certificate ?? TestCertificate.good.get()
    var configuration = TLSContext.Configuration(.server, verification: .none)
    configuration.chain = certificate.certificate
    configuration.privateKey = TLSSecret(certificate.key)
    configuration.minimumVersion = version
    configuration.maximumVersion = version
    return try TLSContext(configuration)
  }
}
