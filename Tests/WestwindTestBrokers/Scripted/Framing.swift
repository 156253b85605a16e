/// How the scripted broker cuts what it sends. Over TCP the cuts are between the calls that send.
public enum Framing: String, CaseIterable, Codable, Sendable {
  /// A frame a packet, as most brokers do.
  case whole
  /// Each byte in a frame of its own.
  case eachByte
  /// A packet over three frames.
  case threeFrames
  /// A packet over the three fragments of one message.
  case fragments
  /// Three packets in one frame, as far as so many are at hand.
  case joined
}
