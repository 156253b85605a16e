/// How far a call of ``Deflater`` or ``Inflater`` came.
public enum CodecProgress: Sendable, Hashable {
  /// The input is taken, and all that belongs to it is in the output.
  case done
  /// The output has no room for what comes next. Call again with the same arguments, `consumed` as it was left, and
  /// more room.
  case needsRoom
}
