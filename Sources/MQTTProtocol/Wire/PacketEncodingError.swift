/// Why a packet was not written. Nothing was: the output is as it was before the call.
public enum PacketEncodingError: Error, Sendable, Hashable {
  /// The packet would break the protocol.
  case violation(MQTTViolation)
  /// The output has less room than these bytes. Call again with more.
  case noRoom(needed: Int)
  /// Text or binary data longer than its two bytes of length can say: 65535 bytes (1.5.4).
  case fieldTooLong(Int)
  /// A packet longer than a remaining length can say: 268,435,455 bytes behind the fixed header (2.1.4).
  case packetTooLong(Int)
}
