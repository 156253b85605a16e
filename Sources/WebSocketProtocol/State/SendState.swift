/// What may be sent now.
///
/// - After CLOSE nothing more (RFC 6455 5.5.1): whether it has been sent is the connection's to know.
/// - One message at a time: CONTINUATION only with a message open, TEXT and BINARY only without (5.4).
/// - Control frames are whole and hold 125 bytes at most, and may go between fragments (5.5).
/// - Text is UTF-8 over the whole message (8.1).
public struct SendState: Sendable {
  @usableFromInline var openMessage: Opcode?
  private var text = UTF8Validator()

  public init() {}

  /// Why a frame may not be sent. It is the caller who called wrong; nothing was sent.
  public enum Refusal: Error, Sendable, Hashable {
    case reservedOpcode(UInt8)
    case afterClose
    case controlFrameNotFinal
    case controlFrameTooLong(Int)
    case continuationWithoutMessage
    case messageInsideMessage
    case textNotUTF8
    case closeBodyNotValid(ProtocolViolation)
  }

  /// Whether a frame may be sent, and the state once it has been: the caller stores it when the frame has left, so a
  /// frame that times out before its first byte leaves no trace.
  ///
  /// - Parameters:
  ///   - opcode: the frame's opcode.
  ///   - isFinal: the frame is the last of its message.
  ///   - payload: all of the frame's payload, not masked; only that of text and CLOSE is looked at.
  ///   - hasSentClose: CLOSE has been sent.
  /// - Returns: the state behind the frame.
  public func sending(
    _ opcode: Opcode, isFinal: Bool, payload: Span<UInt8>, hasSentClose: Bool = false
  ) throws(Refusal) -> SendState {
    guard !hasSentClose else { throw .afterClose }
    guard !opcode.isReserved else { throw .reservedOpcode(opcode.rawValue) }
    var next = self
    if opcode.isControl {
      guard isFinal else { throw .controlFrameNotFinal }
      guard payload.count <= 125 else { throw .controlFrameTooLong(payload.count) }
      if opcode == .close {
        do throws(ProtocolViolation) {
          _ = try CloseBody.check(payload)
        } catch {
          throw .closeBodyNotValid(error)
        }
      }
      return next
    }
    let kind: Opcode
    if opcode == .continuation {
      guard let open = openMessage else { throw .continuationWithoutMessage }
      kind = open
    } else {
      guard openMessage == nil else { throw .messageInsideMessage }
      kind = opcode
      next.text = UTF8Validator()
    }
    if kind == .text {
      guard next.text.validate(payload), !isFinal || next.text.isComplete else { throw .textNotUTF8 }
    }
    next.openMessage = isFinal ? nil : kind
    return next
  }

  /// Whether a message may be sent now that is one binary frame: it leaves the state as it is.
  @inlinable package var allowsWholeBinary: Bool { openMessage == nil }

  /// Whether `sending` looks at the payload of a frame with this opcode; where it does not, it may be given an empty one.
  package func readsPayload(of opcode: Opcode) -> Bool {
    opcode.isControl || opcode == .text || opcode == .continuation && openMessage == .text
  }
}
