/// What a peer did that the protocol forbids. Each has its close code (RFC 6455 7.4.1) and the section it is about.
public enum ProtocolViolation: Error, Sendable, Hashable {
  /// RSV1 to RSV3, as the bits 4, 2 and 1, without an extension that gives them a meaning (5.2).
  case reservedBits(UInt8)
  /// An opcode that has no meaning (5.2).
  case reservedOpcode(UInt8)
  /// A server masked a frame (5.1).
  case maskedByServer
  /// A client sent a frame without a mask (5.1).
  case unmaskedByClient
  /// A control frame without FIN (5.5).
  case fragmentedControlFrame
  /// A control frame of more than 125 bytes (5.5).
  case oversizeControlFrame(UInt64)
  /// CONTINUATION with no message to continue (5.4).
  case continuationWithoutMessage
  /// TEXT or BINARY before the fragmented message had ended (5.4).
  case messageInsideMessage
  /// A length that a shorter form could hold (5.2).
  case lengthNotMinimal
  /// A 64-bit length with its top bit set (5.2).
  case lengthTopBitSet
  /// Text that is not UTF-8 (8.1).
  case textNotUTF8
  /// A close reason that is not UTF-8 (5.5.1).
  case closeReasonNotUTF8
  /// A close body of a single byte (5.5.1).
  case closeBodyOfOneByte
  /// Payload of a compressed message that does not inflate (RFC 7692 7.2.2).
  case notInflatable
  /// A close code that must not stand in a frame (7.4).
  case closeCodeNotAllowed(UInt16)

  /// The code that the connection is failed with (RFC 6455 7.4.1).
  public var closeCode: CloseCode {
    switch self {
    case .textNotUTF8, .closeReasonNotUTF8, .notInflatable: .invalidPayload
    default: .protocolError
    }
  }
}
