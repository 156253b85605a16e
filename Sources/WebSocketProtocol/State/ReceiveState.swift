/// What a received frame means, by the frames that came before it.
///
/// - A message is one TEXT or BINARY frame with FIN, or one without and CONTINUATION frames up to one with FIN (5.4).
/// - Control frames may come between the fragments; they are never fragments themselves (5.5).
/// - A server never masks, a client always does (5.1).
/// - Reserved bits and opcodes are refused (5.2). With compression RSV1 is set on the first frame of a compressed
///   message, and on no other (RFC 7692 6).
///
/// The sections are RFC 6455's where none other is named.
public struct ReceiveState: Sendable {
  private let role: Role
  /// The kind of the message that is open: its first fragment has come, its last has not.
  private var openMessage: Opcode?
  private var text = UTF8Validator()
  private let allowsCompression: Bool
  /// The data frame that was received last belongs to a compressed message.
  public private(set) var isCompressed = false

  /// - Parameters:
  ///   - role: this end's.
  ///   - allowsCompression: permessage-deflate was agreed on.
  public init(role: Role, allowsCompression: Bool = false) {
    self.role = role
    self.allowsCompression = allowsCompression
  }

  /// What a header says.
  public enum Meaning: Sendable, Hashable {
    /// Payload of a message of this kind, TEXT or BINARY.
    case data(kind: Opcode, isContinuation: Bool)
    /// CLOSE, PING or PONG.
    case control(Opcode)
  }

  /// Takes the next frame's header.
  ///
  /// - Throws: the rule that the frame breaks. The connection is to be failed with the violation's close code.
  public mutating func receive(_ header: FrameHeader) throws(ProtocolViolation) -> Meaning {
    let opcode = header.opcode
    let mayBeCompressed = allowsCompression && (opcode == .text || opcode == .binary)
    guard header.reservedBits == 0 || mayBeCompressed && header.reservedBits == FrameHeader.rsv1 else {
      throw .reservedBits(header.reservedBits)
    }
    guard !opcode.isReserved else { throw .reservedOpcode(opcode.rawValue) }
    switch role {
    case .client:
      guard header.maskingKey == nil else { throw .maskedByServer }
    case .server:
      guard header.maskingKey != nil else { throw .unmaskedByClient }
    }
    if opcode.isControl {
      guard header.isFinal else { throw .fragmentedControlFrame }
      guard header.payloadLength <= 125 else { throw .oversizeControlFrame(header.payloadLength) }
      return .control(opcode)
    }
    if opcode == .continuation {
      guard let kind = openMessage else { throw .continuationWithoutMessage }
      if header.isFinal { openMessage = nil }
      return .data(kind: kind, isContinuation: true)
    }
    guard openMessage == nil else { throw .messageInsideMessage }
    if !header.isFinal { openMessage = opcode }
    isCompressed = header.reservedBits == FrameHeader.rsv1
    if opcode == .text { text = UTF8Validator() }
    return .data(kind: opcode, isContinuation: false)
  }

  /// Takes payload of a text message, already unmasked and inflated, in the order of the wire.
  ///
  /// - Parameters:
  ///   - bytes: the next bytes.
  ///   - endsMessage: these are the message's last bytes.
  /// - Throws: `textNotUTF8` at the first byte that makes it so.
  public mutating func receiveText(_ bytes: Span<UInt8>, endsMessage: Bool) throws(ProtocolViolation) {
    guard text.validate(bytes), !endsMessage || text.isComplete else { throw .textNotUTF8 }
  }
}
