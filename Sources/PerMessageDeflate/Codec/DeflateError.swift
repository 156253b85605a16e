/// Why a message cannot be compressed.
public enum DeflateError: Error, Sendable, Hashable {
  /// There was no memory for zlib's state. Nothing has been taken or written: the message can go without compression.
  case outOfMemory
}
