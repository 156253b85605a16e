/// Why a message cannot be decompressed. The connection has to be failed (1007, RFC 6455 7.4.1), since later messages
/// may refer to this one. The inflater throws the same error from then on.
public enum InflateError: Error, Sendable, Hashable {
  /// A reference to bytes that are not at hand: it reaches back beyond the agreed window, or before the first byte.
  case distanceTooFarBack
  /// The bytes are not DEFLATE (RFC 1951). The reason is in zlib's words.
  case corrupt(reason: String)
  /// The message ends inside a block.
  case truncated
  /// There was no memory for zlib's state.
  case outOfMemory
}
