/// Why a message cannot be compressed.
public enum DeflateError: Error, Sendable, Hashable {
  /// There was no memory for zlib's state. Nothing has been taken or written by this call: a message that only begins
  /// can go without compression.
  case outOfMemory
}
