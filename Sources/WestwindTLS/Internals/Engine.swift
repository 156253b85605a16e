internal import CWestwindOpenSSL
internal import WestwindSockets

/// One end of a TLS connection without input or output of its own: an `SSL` object and what it reads from and writes to.
///
/// Its lock is held while OpenSSL computes, never while anybody waits.
@safe struct Engine: ~Copyable {
  /// How far a step came.
  enum Step {
    case done
    /// It cannot go on without more ciphertext from the peer.
    case needsInput
    /// It cannot go on before the output has left.
    case needsOutput
    /// The peer has closed its direction (RFC 8446 6.1).
    case ended
    case failed
  }

  let ssl: OpaquePointer
  let transport: Transport
  private let hooks: Hooks
  private let context: Context
  /// Whom the peer has to be, for what is said of it.
  private let expected: String
  /// What ended it all; OpenSSL is not called again. What was deciphered before has been delivered.
  private(set) var failure: TLSError?
  private(set) var hasEnded = false
  private(set) var hasSentClose = false
  private(set) var isEstablished = false
  /// A read stopped because the output was full, and goes on without more ciphertext.
  private var hasReadToFinish = false
  /// Nothing has been read since the handshake. What came with its last message may be where `SSL_has_pending` does not
  /// look: from OpenSSL 3.2 on, bytes that were read ahead lie with the keys of before.
  private var isFresh = true

  static func make(_ context: Context, hooks: Hooks, expected: String) throws(TLSError) -> Engine {
    ErrorQueue.clear()
    let transport = Transport()
    guard let ssl = unsafe SSL_new(context.pointer) else { throw .badConfiguration(ErrorQueue.takeText()) }
    guard let bio = unsafe transport.makeBIO() else {
      unsafe SSL_free(ssl)
      throw .badConfiguration(ErrorQueue.takeText())
    }
    unsafe SSL_set_bio(ssl, bio, bio)  // which owns it from here on
    return unsafe Engine(ssl: ssl, transport: transport, context: context, hooks: hooks, expected: expected)
  }

  private init(ssl: OpaquePointer, transport: Transport, context: Context, hooks: Hooks, expected: String) {
    unsafe self.ssl = ssl
    self.transport = transport
    self.context = context
    self.hooks = hooks
    self.expected = expected
    unsafe hooks.attach(to: ssl)
    let modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
    unsafe co_set_mode(ssl, Int(modes))
    // A record's header and its body come with one call of `Transport`.
    unsafe SSL_set_read_ahead(ssl, 1)
    switch context.key.side {
    case .client: unsafe SSL_set_connect_state(ssl)
    case .server: unsafe SSL_set_accept_state(ssl)
    }
  }

  deinit {
    // A session whose connection was not closed in order would not be resumed (RFC 5246 7.2.1 asked for that; RFC 8446
    // no longer does).
    if failure == nil { unsafe SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
    unsafe SSL_free(ssl)
  }

  mutating func shakeHands() -> Step {
    if failure != nil { return .failed }
    ErrorQueue.clear()
    let status = unsafe SSL_do_handshake(ssl)
    guard status != 1 else {
      isEstablished = true
      noteResumedRefusal()
      return .done
    }
    return step(after: status)
  }

  /// Nothing is verified where a session is resumed: what was wrong with the certificate then is still wrong.
  private func noteResumedRefusal() {
    guard hooks.isLenient, unsafe SSL_session_reused(ssl) == 1 else { return }
    hooks.noteResumed(CInt(unsafe SSL_get_verify_result(ssl)))
  }

  /// The handshake is over, and what this side says behind it are session tickets (RFC 8446 4.6.1).
  var owesTicketsOnly: Bool {
    unsafe isEstablished && context.key.side == .server && SSL_version(ssl) == TLS1_3_VERSION
  }

  /// Deciphers into free room, as many records as there are and fit.
  ///
  /// - Parameter isPeek: they stay; at the most one record's bytes are shown.
  /// - Returns: why it stopped; `.done` where the room is full.
  mutating func read(into output: inout OutputRawSpan, isPeek: Bool) -> Step {
    while !output.isFull {
      guard failure == nil else { return .failed }
      guard !hasEnded else { return .ended }
      guard mayGive || hasReadToFinish else { return .needsInput }
      ErrorQueue.clear()
      // Sound: the room is free, and OpenSSL says how much of it was written.
      let status = unsafe output.withUnsafeMutableBytes { bytes, count -> CInt in
        var written = 0
        let room = bytes.count - count
        let place = unsafe bytes.baseAddress! + count
        let status =
          isPeek ? unsafe SSL_peek_ex(ssl, place, room, &written) : unsafe SSL_read_ex(ssl, place, room, &written)
        if status == 1 { count += written }
        return status
      }
      guard status == 1 else {
        return readStep(after: status)
      }
      hasReadToFinish = false
      if isPeek { return .done }
    }
    return .done
  }

  /// OpenSSL has something to work on. Without, a read would take about as long as one that gives something.
  private var mayGive: Bool {
    unsafe transport.hasInput || isFresh || (!transport.isStarved && SSL_has_pending(ssl) == 1)
  }

  private mutating func readStep(after status: CInt) -> Step {
    let step = step(after: status)
    hasReadToFinish = step == .needsOutput
    if step == .needsInput { isFresh = false }
    return step
  }

  /// Whether a read would give something, or say why nothing more comes, without more ciphertext. It deciphers ahead, so
  /// that half a record, or one without data, does not count.
  mutating func hasDeliverable() -> Bool {
    if failure != nil || hasEnded { return true }
    guard mayGive || hasReadToFinish else { return false }
    if unsafe SSL_pending(ssl) > 0 { return true }
    ErrorQueue.clear()
    var byte: UInt8 = 0
    var count = 0
    // Sound: there is room for the one byte that is asked for.
    let status = unsafe SSL_peek_ex(ssl, &byte, 1, &count)
    guard status != 1 else {
      hasReadToFinish = false
      return true
    }
    switch readStep(after: status) {
    case .ended, .failed: return true
    case .done, .needsInput, .needsOutput: return false
    }
  }

  /// Enciphers bytes, as records in the output, as far as there is room for whole ones.
  ///
  /// - Parameter taken: grows by the bytes that are in the output now.
  mutating func write(_ bytes: RawSpan, taken: inout Int) -> Step {
    var bytes = bytes
    while !bytes.isEmpty {
      guard failure == nil else { return .failed }
      guard transport.outputRoom >= RecordBuffer.recordRoom(for: bytes.byteCount) else { return .needsOutput }
      ErrorQueue.clear()
      var written = 0
      // Sound: OpenSSL reads within the bounds it is given.
      let status = unsafe bytes.withUnsafeBytes { unsafe SSL_write_ex(ssl, $0.baseAddress, $0.count, &written) }
      guard status == 1 else { return step(after: status) }
      taken += written
      bytes = bytes.extracting(written..<bytes.byteCount)
    }
    return .done
  }

  /// The peer could still be told that nothing more comes.
  var owesClose: Bool { failure == nil && isEstablished && !hasSentClose }

  /// Puts `close_notify` into the output, once.
  mutating func close() {
    guard owesClose else { return }
    hasSentClose = true
    ErrorQueue.clear()
    _ = unsafe SSL_shutdown(ssl)
    ErrorQueue.clear()
  }

  /// Notes what happened below, unless there was something before.
  mutating func fail(_ error: TLSError) {
    if failure == nil { failure = error }
  }

  private mutating func step(after status: CInt) -> Step {
    switch unsafe SSL_get_error(ssl, status) {
    case SSL_ERROR_WANT_READ: return .needsInput
    case SSL_ERROR_WANT_WRITE: return .needsOutput
    case SSL_ERROR_ZERO_RETURN:
      hasEnded = true
      return .ended
    default:
      let error = ErrorQueue.take()
      failure = isEstablished ? error : refusal ?? error
      return .failed
    }
  }

  /// All that is wrong with the peer's certificate, as `TLSSocketOption.certificateVerifyResult` tells it.
  var verifyResult: CInt { hooks.verifyResult }

  /// What is wrong with the peer's certificate.
  var refusal: TLSError? {
    hooks.refusal.map { TLSError(verifyResult: $0.code, depth: $0.depth, issuer: $0.issuer, expected: expected) }
  }
}
