internal import TLSEngine

/// What the engine's lock protects.
struct EngineState: ~Copyable {
  var engine: TLSConnectionEngine
  /// The shell's own reason, if that ended the connection: an error of the descriptor below, or the deadline of the handshake.
  private var cause: TLSError?

  init(_ engine: consuming TLSConnectionEngine) {
    self.engine = engine
  }

  /// What ended the connection.
  var failure: TLSError? { cause ?? engine.failure.map { TLSError($0) } }

  /// Notes what happened below, unless the engine has failed before. The engine is not called again.
  mutating func fail(_ error: TLSError) {
    guard engine.failure == nil else { return }
    cause = error
    engine.fail(.truncated)
  }

  var info: TLSInfo {
    TLSInfo(
      version: engine.version, cipherSuite: engine.cipherSuite, applicationProtocol: engine.applicationProtocol,
      isResumed: engine.isResumed, peerSubject: engine.peerSubject, peerCertificate: engine.peerCertificate,
      lastError: failure)
  }
}
