internal import CWestwindLinux
internal import WebSocketProtocol
internal import WestwindSockets

/// Masking keys from the system's generator, a thousand to the system call.
///
/// A peer must not be able to guess the next key (RFC 6455 10.3), so they come from `getrandom` and are used once, in one
/// process: those that a process shares with the one that it is a copy of are dropped.
enum RandomPool {
  private struct State: ~Copyable {
    var words = InlineArray<1024, UInt32>(repeating: 0)
    var left = 0
    var stamp: UInt64 = 0
  }

  private static let state = Lock(State())
  private static let isShared: Void = state.share()
  /// Keys that were taken under another stamp may be used by another process, too.
  @inline(__always) static var stamp: UInt64 { cl_process_stamp() }

  /// Takes as many keys as there are places.
  ///
  /// - Returns: the stamp under which they may be used; not 0.
  @discardableResult
  static func take<let count: Int>(_ keys: inout InlineArray<count, UInt32>) -> UInt64 {
    state.withLock { state in
      for i in 0..<count {
        if state.left == 0 || state.stamp != stamp {
          _ = isShared
          state.stamp = stampOfProcess()
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
      return state.stamp
    }
  }

  /// This process's stamp, which it is given here if it is new.
  private static func stampOfProcess() -> UInt64 {
    var stamp = self.stamp
    while stamp == 0 {
      var word = InlineArray<1, UInt64>(repeating: 0)
      var span = word.mutableSpan
      // Sound: any bytes are an integer.
      var bytes = unsafe span.mutableBytes
      SystemRandom.fill(&bytes)
      stamp = word[0]
      cl_set_process_stamp(stamp)
    }
    return stamp
  }

  /// The sixteen bytes of a handshake's key (RFC 6455 4.1).
  static func handshakeKey() -> HandshakeKey {
    var words = InlineArray<4, UInt32>(repeating: 0)
    take(&words)
    let nonce = InlineArray<16, UInt8> { i in UInt8(truncatingIfNeeded: words[i / 4] >> UInt32(8 * (i % 4))) }
    return HandshakeKey(nonce: nonce.span)
  }
}
