/// What the input of ``Deflater/deflate(_:consumed:ending:into:)`` ends with.
public enum DeflateEnding: Sendable, Hashable {
  /// Nothing: more of the same frame follows. The output may lag behind the input.
  case nothing
  /// A frame that is not the message's last. Its payload lets the peer have all of the input so far.
  case frame
  /// The message.
  case message
}
