internal import CWestwindLinux
internal import WebSocketProtocol
internal import WestwindSockets

/// Masking keys from the system's generator, a thousand to the system call.
///
/// A peer must not be able to guess the next key (RFC 6455 10.3), so they come from `getrandom` and are used once.
enum RandomPool {
  private struct State: ~Copyable {
    var words = InlineArray<1024, UInt32>(repeating: 0)
    var left = 0
    var generation: UInt32 = 0
  }

  private static let state = Lock(State())
  /// Changes where keys that were taken may be used by another process too, which is a copy of this one.
  @inline(__always) static var generation: UInt32 { cl_fork_count() }

  /// Takes as many keys as there are places.
  static func take<let count: Int>(_ keys: inout InlineArray<count, UInt32>) {
    let generation = generation
    state.withLock { state in
      for i in 0..<count {
        if state.left == 0 || state.generation != generation {
          state.generation = generation
          var span = state.words.mutableSpan
          // Sound: any bytes are integers.
          var bytes = unsafe span.mutableBytes
          SystemRandom.fill(&bytes)
          state.left = 1024
        }
        state.left -= 1
        keys[i] = state.words[state.left]
        state.words[state.left] = 0
      }
    }
  }

  /// The sixteen bytes of a handshake's key (RFC 6455 4.1).
  static func handshakeKey() -> HandshakeKey {
    var words = InlineArray<4, UInt32>(repeating: 0)
    take(&words)
    let nonce = InlineArray<16, UInt8> { i in UInt8(truncatingIfNeeded: words[i / 4] >> UInt32(8 * (i % 4))) }
    return HandshakeKey(nonce: nonce.span)
  }
}
