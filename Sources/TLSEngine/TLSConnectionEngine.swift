internal import CWestwindOpenSSL
public import WestwindBuffers

/// One end of a TLS connection, without input or output of its own: an `SSL` object between two queues.
///
///     from the peer  ->  input   ->  read   ->  plaintext
///     to the peer    <-  output  <-  write  <-  plaintext
///
/// The engine makes no system call, waits for nothing, has no lock and no thread, and one caller uses it at a time. (OpenSSL
/// itself takes random numbers, and the time at which certificates have to be valid, from the system, and reads its
/// configuration, `openssl.cnf`, when the process makes its first context.) A shell moves the
/// ciphertext: it puts what it received into the input with `receive` or `exchangeInput`, and sends what is in the output
/// with `withOutput` and `dropOutput`, or `exchangeOutput`.
///
/// Each call that makes OpenSSL compute says with a `Step` how far it came. After any of them the output may have bytes: an
/// answer of OpenSSL's own (an alert, a KeyUpdate) does not wait for `write`. The memory of both queues comes from a source
/// that the call is given, and goes back there when they are empty, so an idle engine has none.
///
///     var engine = try TLSConnectionEngine.client(context, hostName: "example.org")
///     while true {
///       let step = engine.shakeHands(memory: Allocator())
///       // send the output here
///       guard step == .needsInput || step == .needsOutput else { break }
///       // if it is .needsInput, receive here
///     }
@safe public struct TLSConnectionEngine: ~Copyable {
  /// How far a call came.
  public enum Step: Sendable, Hashable {
    /// To its end.
    case done
    /// It cannot go on without more ciphertext of the peer's.
    case needsInput
    /// It cannot go on before the output has left.
    case needsOutput
    /// The direction is closed (RFC 8446 6.1): the peer's, or, for `write`, this side's, by `close`.
    case ended
    /// The connection is of no more use: `failure` says why.
    case failed
  }

  /// The most plaintext that a record holds, in bytes (RFC 8446 5.1).
  public static let recordSize = 16384
  /// The most bytes that a record is larger than its plaintext (RFC 8446 5.2), with its header.
  private static let recordOverhead = 256 + 5
  /// The bytes of each queue: four records, and room for an alert or a KeyUpdate between them, or for a small record.
  public static let bufferCapacity = (4 * (recordSize + recordOverhead) + 1024 + 7) & ~7

  let ssl: OpaquePointer
  @usableFromInline let bio: MemoryBIO
  private let callbacks: SSLCallbacks
  private let context: TLSContext
  /// What ended the connection. Nothing is written any more; plaintext that came before is still read, and then OpenSSL is
  /// not called again.
  public private(set) var failure: TLSFailure<Never>?
  /// The peer has closed its direction.
  public private(set) var hasEnded = false
  /// No more ciphertext comes: what would wait for it has failed.
  @usableFromInline var inputHasEnded = false
  /// `fail` was called with plaintext unread.
  private var hasRestToRead = false
  /// `close` was called: nothing is written any more.
  private var hasClosed = false
  private var hasSentClose = false
  /// The handshake is over.
  public private(set) var isEstablished = false
  /// A read stopped because the output was full, and goes on without more ciphertext.
  private var hasReadToFinish = false
  /// Nothing has been read since the handshake. What came with its last message may be where `SSL_has_pending` does not
  /// look: from OpenSSL 3.2 on, bytes that were read ahead lie with the keys of before.
  private var isFresh = true

  static func make(
    _ context: TLSContext, callbacks: SSLCallbacks
  ) throws(TLSFailure<Never>) -> TLSConnectionEngine {
    ErrorQueue.clear()
    let bio = MemoryBIO()
    guard let ssl = unsafe SSL_new(context.pointer) else { throw .badConfiguration(ErrorQueue.takeText()) }
    guard let pointer = unsafe bio.makeBIO() else {
      unsafe SSL_free(ssl)
      throw .badConfiguration(ErrorQueue.takeText())
    }
    unsafe SSL_set_bio(ssl, pointer, pointer)  // which owns it from here on
    return unsafe TLSConnectionEngine(ssl: ssl, bio: bio, context: context, callbacks: callbacks)
  }

  private init(ssl: OpaquePointer, bio: MemoryBIO, context: TLSContext, callbacks: SSLCallbacks) {
    unsafe self.ssl = ssl
    self.bio = bio
    self.context = context
    self.callbacks = callbacks
    unsafe callbacks.attach(to: ssl)
    let modes = SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS
    unsafe co_set_mode(ssl, Int(modes))
    // A record's header and its body come with one read of the input.
    unsafe SSL_set_read_ahead(ssl, 1)
    switch context.configuration.side {
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
}

// Sound to send: it has one owner, what it refers to is its own, and OpenSSL does not mind which thread calls. `onSession` is
// `Sendable`.
extension TLSConnectionEngine: @unchecked Sendable {}

// MARK: Ciphertext

extension TLSConnectionEngine {
  /// Ciphertext of the peer's waits for OpenSSL.
  @inlinable public var hasInput: Bool { !bio.input.isEmpty }
  /// Ciphertext waits to be sent.
  @inlinable public var hasOutput: Bool { !bio.output.isEmpty }

  /// Copies ciphertext of the peer's into the input, as much as there is room for.
  ///
  /// - Returns: how many bytes it took. Call again with the rest when a `read` has used them up.
  @inlinable public mutating func receive<Source: BufferSource>(
    _ ciphertext: RawSpan, memory source: Source
  ) -> Int {
    guard !ciphertext.isEmpty else { return 0 }
    bio.input.acquire(from: source)
    bio.input.compact()
    let count = min(ciphertext.byteCount, bio.input.freeAtEnd)
    bio.input.append(ciphertext.extracting(first: count))
    return count
  }

  /// Lends all output, to be sent.
  @inlinable public borrowing func withOutput<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try bio.output.withFirst(.max, body)
  }

  /// Takes bytes off the start of the output, which have been sent.
  @inlinable public mutating func dropOutput<Source: BufferSource>(_ count: Int, memory source: Source) {
    bio.output.drop(count)
    bio.output.release(to: source)
  }

  /// Exchanges the input, which is empty, for a queue of the caller's, so that received ciphertext is not copied.
  ///
  /// - Precondition: `hasInput` is false: its bytes would come behind those of `queue`.
  @inlinable public mutating func exchangeInput(_ queue: inout ByteQueue) {
    precondition(!hasInput, "ciphertext that has come would be lost")
    swap(&bio.input, &queue)
  }

  /// Exchanges the output for an empty queue of the caller's, who sends it without this engine.
  ///
  /// - Precondition: `queue` has no bytes: they have been sent.
  @inlinable public mutating func exchangeOutput(_ queue: inout ByteQueue) {
    precondition(queue.isEmpty, "ciphertext of before would be lost")
    swap(&bio.output, &queue)
  }

  /// Drops all output, which can no longer be sent.
  @inlinable public mutating func discardOutput<Source: BufferSource>(memory source: Source) {
    dropOutput(bio.output.count, memory: source)
  }

  /// Drops what waits in both directions, and returns the memory to its source. For an engine that is about to be dropped:
  /// that alone frees the memory, and no source gets it back.
  ///
  /// Ciphertext that is lost here is missed behind it, so nothing is to be read or written any more.
  @inlinable public mutating func discard<Source: BufferSource>(memory source: Source) {
    bio.input.drop(bio.input.count)
    bio.output.drop(bio.output.count)
    release(to: source)
  }

  /// OpenSSL writes to the output in the middle of a call, and cannot ask for memory there: it is taken before.
  @inlinable @inline(__always) mutating func acquire<Source: BufferSource>(from source: Source) {
    bio.output.acquire(from: source)
  }

  @inlinable @inline(__always) mutating func release<Source: BufferSource>(to source: Source) {
    bio.output.release(to: source)
    bio.input.release(to: source)
  }
}

// MARK: The handshake

extension TLSConnectionEngine {
  /// Goes on with the handshake (RFC 8446 2).
  ///
  /// - Returns: `.done` when this side has finished: what is in the output has to leave first. `.ended` and `.failed` mean
  ///   that the peer gave up, or is not who it should be; an alert may be in the output.
  @inlinable public mutating func shakeHands<Source: BufferSource>(memory source: Source) -> Step {
    acquire(from: source)
    defer { release(to: source) }
    return continueHandshake()
  }

  @usableFromInline mutating func continueHandshake() -> Step {
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

  /// Nothing is verified when a session is resumed: what was wrong with the certificate then is still wrong.
  private func noteResumedRefusal() {
    guard context.configuration.isLenient, unsafe SSL_session_reused(ssl) == 1 else { return }
    callbacks.noteResumed(CInt(unsafe SSL_get_verify_result(ssl)))
  }

  /// The handshake is over, and the output is session tickets (RFC 8446 4.6.1), for which the client does not wait.
  public var owesTicketsOnly: Bool {
    unsafe isEstablished && context.configuration.side == .server && SSL_version(ssl) == TLS1_3_VERSION
  }
}

// MARK: Plaintext

extension TLSConnectionEngine {
  /// Decrypts into free room, as many records as there are and fit.
  ///
  /// - Parameters:
  ///   - output: the caller's memory.
  ///   - isPeek: the plaintext stays; at most one record's is shown.
  ///   - source: where the output's memory comes from.
  /// - Returns: why it stopped; `.done` if the room is full, or behind a peek. Plaintext may be there with any step.
  @inlinable public mutating func read<Source: BufferSource>(
    into output: inout OutputRawSpan, isPeek: Bool = false, memory source: Source
  ) -> Step {
    guard !output.isFull else { return .done }
    guard mayRead else { return idleStep }
    acquire(from: source)
    let step = decrypt(into: &output, isPeek: isPeek)
    finishClose()
    release(to: source)
    return step
  }

  /// Returns whether a read would give plaintext, or say why no more comes, without more ciphertext.
  ///
  /// It decrypts ahead: half a record, or one without data, does not count.
  @inlinable public mutating func hasDeliverable<Source: BufferSource>(memory source: Source) -> Bool {
    guard mayRead else { return failure != nil || hasEnded || inputHasEnded }
    acquire(from: source)
    let isDeliverable = decryptAhead()
    finishClose()
    release(to: source)
    return isDeliverable
  }

  /// OpenSSL has something to work on. Without, a read would take about as long as one that gives something.
  @usableFromInline var mayRead: Bool {
    guard failure == nil || hasRestToRead, !hasEnded else { return false }
    return unsafe hasInput || isFresh || hasReadToFinish || (!bio.isStarved && SSL_has_pending(ssl) == 1)
  }

  /// Why a read gives nothing, without asking OpenSSL.
  @usableFromInline var idleStep: Step {
    mutating get {
      if failure != nil { return .failed }
      return hasEnded ? .ended : stepWithoutInput()
    }
  }

  /// OpenSSL has used up what there was.
  private mutating func stepWithoutInput() -> Step {
    guard inputHasEnded else { return .needsInput }
    fail(.truncated)
    return .failed
  }

  /// There has to be room, and something to work on.
  @usableFromInline mutating func decrypt(into output: inout OutputRawSpan, isPeek: Bool) -> Step {
    repeat {
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
    } while !output.isFull && mayRead
    return output.isFull ? .done : idleStep
  }

  @usableFromInline mutating func decryptAhead() -> Bool {
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

  private mutating func readStep(after status: CInt) -> Step {
    let step = step(after: status)
    hasReadToFinish = step == .needsOutput
    if hasReadToFinish { return step }
    isFresh = false
    hasRestToRead = false
    return failure == nil ? step : .failed
  }

  /// Encrypts a payload, as records in the output, as far as there is room for whole ones. Small runs share a record.
  ///
  /// - Parameters:
  ///   - payload: the bytes to send, without those that an earlier call has taken.
  ///   - taken: grows by the bytes that are in the output now, and cannot be taken back.
  ///   - source: where the output's memory comes from.
  /// - Returns: `.done` if all bytes are; `.needsOutput` if the output has to leave first; `.needsInput` if OpenSSL is in the
  ///   middle of a message of the peer's, and takes nothing before a `read` has given it the rest; `.ended` behind `close`,
  ///   which takes nothing and harms nothing.
  @inlinable public mutating func write<Source: BufferSource>(
    _ payload: Payload, taken: inout Int, memory source: Source
  ) -> Step {
    acquire(from: source)
    let step: Step
    if payload.isOneRun {
      step = encrypt(payload.first, taken: &taken)
    } else {
      var joined = ByteQueue(capacity: Self.bufferCapacity)
      joined.acquire(from: source)
      step = encrypt(payload, joining: &joined, taken: &taken)
      joined.release(to: source)
    }
    release(to: source)
    return step
  }

  /// - Parameter joined: an empty queue with memory. It is empty again behind the call.
  @usableFromInline mutating func encrypt(_ payload: Payload, joining joined: inout ByteQueue, taken: inout Int) -> Step
  {
    var written = 0
    var step = Step.done
    while step == .done, written < payload.byteCount {
      let rest = payload.dropping(first: written)
      let run = rest.firstRun()
      if run.byteCount < Self.recordSize, run.byteCount < rest.byteCount {
        joined.append(startOf: rest, upTo: Self.recordSize)
        step = joined.withFirst(.max) { encrypt($0, taken: &written) }
        joined.drop(joined.count)
      } else {
        step = encrypt(run, taken: &written)
      }
    }
    taken += written
    return step
  }

  /// - Parameter taken: grows by the bytes that are in the output now.
  @usableFromInline mutating func encrypt(_ bytes: RawSpan, taken: inout Int) -> Step {
    var bytes = bytes
    while !bytes.isEmpty {
      guard failure == nil else { return .failed }
      // OpenSSL would call it an error, which the peer's direction would not survive.
      guard !hasClosed else { return .ended }
      // The next record at its largest, and an alert or a KeyUpdate before it.
      let room = min(bytes.byteCount, Self.recordSize) + Self.recordOverhead + 512
      guard bio.output.freeAtEnd >= room else { return .needsOutput }
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
}

// MARK: The end

extension TLSConnectionEngine {
  /// The peer could be told now that nothing more comes. In the middle of a message of the peer's it could not.
  public var owesClose: Bool { unsafe failure == nil && isEstablished && !hasSentClose && SSL_in_init(ssl) == 0 }

  /// Puts `close_notify` into the output, once (RFC 8446 6.1). The peer's direction goes on.
  ///
  /// If the output is full, or OpenSSL is in the middle of a message of the peer's, a later call or `read` does so.
  @inlinable public mutating func close<Source: BufferSource>(memory source: Source) {
    acquire(from: source)
    defer { release(to: source) }
    writeCloseNotify()
  }

  @usableFromInline mutating func writeCloseNotify() {
    guard failure == nil, isEstablished, !hasSentClose else { return }
    hasClosed = true
    guard owesClose else { return }
    ErrorQueue.clear()
    // Negative as long as the alert has not left.
    hasSentClose = unsafe SSL_shutdown(ssl) >= 0
    ErrorQueue.clear()
  }

  /// Writes the `close_notify` that `close` could not.
  @usableFromInline mutating func finishClose() {
    if hasClosed, !hasSentClose { writeCloseNotify() }
  }

  /// Notes that the stream below has ended: no more input comes. What has come is read first. Behind a `close_notify` the
  /// end is in order; otherwise the connection fails with `truncated`, as soon as a call would wait for input.
  public mutating func endInput() {
    inputHasEnded = true
    if !mayRead { _ = idleStep }
  }

  /// Notes why the connection is of no more use, unless it has failed before. Nothing is written any more; plaintext that
  /// has come is still read, and then `read` fails.
  public mutating func fail(_ failure: TLSFailure<Never>) {
    guard self.failure == nil else { return }
    // Within the handshake there is no plaintext.
    hasRestToRead = isEstablished && mayRead
    self.failure = failure
  }

  private mutating func step(after status: CInt) -> Step {
    switch unsafe SSL_get_error(ssl, status) {
    case SSL_ERROR_WANT_READ: return stepWithoutInput()
    case SSL_ERROR_WANT_WRITE: return .needsOutput
    case SSL_ERROR_ZERO_RETURN:
      hasEnded = true
      return .ended
    default:
      var error = ErrorQueue.take()
      // TLS 1.2 has no alert that says so.
      if callbacks.hadNoCertificate, case .alert(let number, let name) = error, (40...42).contains(number) {
        error = .alert(number, name: "\(name): it wants a certificate, and was shown none")
      }
      if failure == nil { failure = isEstablished ? error : callbacks.refusal ?? error }
      return .failed
    }
  }
}

// MARK: What is known of the connection

extension TLSConnectionEngine {
  /// The version that the two sides agreed on; nil within the handshake.
  public var version: TLSVersion? { unsafe isEstablished ? TLSVersion(wire: SSL_version(ssl)) : nil }

  /// The cipher suite, by its name in the standard, such as `TLS_AES_256_GCM_SHA384`; nil within the handshake.
  public var cipherSuite: String? {
    // Sound: OpenSSL's constant, copied.
    guard isEstablished, let cipher = unsafe SSL_get_current_cipher(ssl),
      let name = unsafe SSL_CIPHER_standard_name(cipher)
    else { return nil }
    return unsafe String(cString: name)
  }

  /// IANA's number of the cipher suite; 0 before there is one.
  public var cipherSuiteNumber: CInt {
    guard let cipher = unsafe SSL_get_current_cipher(ssl) else { return 0 }
    return CInt(unsafe SSL_CIPHER_get_protocol_id(cipher))
  }

  /// The application protocol that ALPN agreed on (RFC 7301); nil for none.
  public var applicationProtocol: String? {
    var start: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    unsafe SSL_get0_alpn_selected(ssl, &start, &length)
    guard isEstablished, let start = unsafe start, length > 0 else { return nil }
    // Sound: it is as long as OpenSSL says, lives as long as the `SSL`, and is copied.
    return unsafe String(decoding: UnsafeBufferPointer(start: start, count: Int(length)), as: UTF8.self)
  }

  /// Whether an earlier session was resumed.
  public var isResumed: Bool { unsafe isEstablished && SSL_session_reused(ssl) == 1 }

  /// The subject of the peer's certificate as in RFC 2253, such as `CN=example.org,O=Example`; nil if it has none.
  public var peerSubject: String? {
    guard isEstablished, let certificate = unsafe SSL_get0_peer_certificate(ssl) else { return nil }
    return unsafe text(ofName: X509_get_subject_name(certificate))
  }

  /// The peer's own certificate; nil if it gave none, and within the handshake. It is known of a resumed session, too.
  public var peerCertificate: TLSPeerCertificate? {
    guard isEstablished, let certificate = unsafe SSL_get0_peer_certificate(ssl) else { return nil }
    return unsafe TLSPeerCertificate(certificate)
  }

  /// A sum of what is wrong with the peer's certificate: 1 expired, 2 revoked, 4 the name, 8 no trusted authority, 64 no
  /// certificate, 256 anything else, 512 not yet valid, 16384 a weak signature, 65536 a small key. The numbers are Zephyr's, of
  /// `TLS_CERT_VERIFY_RESULT`.
  public var verifyResult: CInt { callbacks.verifyResult }
}

extension Payload {
  /// The first run that has bytes.
  @_lifetime(copy self)
  fileprivate func firstRun() -> RawSpan {
    if !first.isEmpty { return first }
    if !second.isEmpty { return second }
    return third
  }
}

extension ByteQueue {
  /// Appends the first bytes of a payload.
  fileprivate mutating func append(startOf payload: Payload, upTo limit: Int) {
    let start = payload.prefix(limit)
    append(start.first)
    append(start.second)
    append(start.third)
  }
}
