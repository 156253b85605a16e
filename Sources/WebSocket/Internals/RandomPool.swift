internal import SocketLayer
internal import Synchronization
internal import WebSocketProtocol

/// Masking keys from the system's generator, a thousand to the system call.
///
/// A peer must not be able to guess the next key (RFC 6455 10.3), so they come from `getrandom` and are used once.
enum RandomPool {
  private struct State: ~Copyable {
    var words = InlineArray<1024, UInt32>(repeating: 0)
    var next = 1024
  }

  private static let state = Mutex(State())

  static func maskingKey() -> MaskingKey {
    state.withLock { state in
      if state.next == 1024 {
        var span = state.words.mutableSpan
        // Sound: any bytes are integers.
        var bytes = unsafe span.mutableBytes
        SystemRandom.fill(&bytes)
        state.next = 0
      }
      let key = MaskingKey(littleEndian: state.words[state.next])
      state.words[state.next] = 0
      state.next += 1
      return key
    }
  }

  /// The sixteen bytes of a handshake's key (RFC 6455 4.1).
  static func handshakeKey() -> HandshakeKey {
    var nonce = [UInt8](repeating: 0, count: 16)
    var span = nonce.mutableSpan
    // Sound: any bytes are bytes.
    var bytes = unsafe span.mutableBytes
    SystemRandom.fill(&bytes)
    return HandshakeKey(nonce: nonce.span)
  }
}
