import Testing
import WebSocketProtocol

struct ProtocolViolationTests {
  @Test(
    arguments: [
      .reservedBits(4), .reservedOpcode(3), .maskedByServer, .unmaskedByClient, .fragmentedControlFrame,
      .oversizeControlFrame(126), .continuationWithoutMessage, .messageInsideMessage, .lengthNotMinimal,
      .lengthTopBitSet, .closeBodyOfOneByte, .closeCodeNotAllowed(1005),
    ] as [ProtocolViolation])
  func `a broken rule of framing closes with 1002`(violation: ProtocolViolation) {
    #expect(violation.closeCode == .protocolError)
  }

  @Test(arguments: [.textNotUTF8, .closeReasonNotUTF8, .notInflatable] as [ProtocolViolation])
  func `payload that is not what it says closes with 1007`(violation: ProtocolViolation) {
    #expect(violation.closeCode == .invalidPayload)
  }

  @Test func `every close code of a violation may be sent`() {
    #expect(CloseCode.protocolError.mayBeSent)
    #expect(CloseCode.invalidPayload.mayBeSent)
  }
}
