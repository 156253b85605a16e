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
  @usableFromInline let role: Role
  /// The kind of the message that is open: its first fragment has come, its last has not.
  @usableFromInline var openMessage: Opcode?
  @usableFromInline var text = UTF8Validator()
  @usableFromInline let allowsCompression: Bool
  /// The data frame that was received last belongs to a compressed message.
  @inlinable package var isCompressed: Bool { openIsCompressed }
  @usableFromInline var openIsCompressed = false

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
  @inlinable public mutating func receive(_ header: FrameHeader) throws(ProtocolViolation) -> Meaning {
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
    openIsCompressed = header.reservedBits == FrameHeader.rsv1
    if opcode == .text { text = UTF8Validator() }
    return .data(kind: opcode, isContinuation: false)
  }

  /// Looks for the commonest header there is: of a message in one binary frame that is not masked, up to 65,535 bytes. It
  /// leaves the state as it is.
  ///
  /// - Parameter word: the first eight bytes of the header and what follows it, the first in the low bits.
  /// - Returns: the header's bytes and the payload's; nil where it is another header, which `receive` is to be asked about.
  @inlinable @inline(__always) package func wholeBinary(_ word: UInt64) -> (header: Int, payload: Int)? {
    guard word & 0xFF == 0x82, role == .client, openMessage == nil, !openIsCompressed else { return nil }
    let length = Int(word >> 8 & 0xFF)  // with the bit that says masked, which makes it more than 127
    if length < 126 { return (2, length) }
    guard length == 126 else { return nil }
    let extended = Int(UInt16(truncatingIfNeeded: word >> 16).byteSwapped)
    return extended < 126 ? nil : (4, extended)
  }

  /// The same of a client's frame, which is masked: its key is in the word, too.
  @inlinable @inline(__always) package func maskedBinary(
    _ word: UInt64
  ) -> (header: Int, payload: Int, key: MaskingKey)? {
    guard word & 0x80FF == 0x8082, role == .server, openMessage == nil, !openIsCompressed else { return nil }
    let length = Int(word >> 8 & 0x7F)
    if length < 126 { return (6, length, MaskingKey(littleEndian: UInt32(truncatingIfNeeded: word >> 16))) }
    guard length == 126 else { return nil }
    let extended = Int(UInt16(truncatingIfNeeded: word >> 16).byteSwapped)
    return extended < 126 ? nil : (8, extended, MaskingKey(littleEndian: UInt32(truncatingIfNeeded: word >> 32)))
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
