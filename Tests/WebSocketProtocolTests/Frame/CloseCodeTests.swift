import Testing
import WebSocketProtocol

struct CloseCodeTests {
  /// RFC 6455 7.4 and the registry that it sets up, as single numbers.
  static func isRegistered(_ code: UInt16) -> Bool {
    [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].contains(code)
  }

  @Test func `of the codes 0 to 5000 the registered ones and 3000 to 4999 may be sent`() {
    for number in UInt16(0)...5000 {
      let expected = Self.isRegistered(number) || (3000..<5000).contains(number)
      #expect(CloseCode(rawValue: number).mayBeSent == expected, "\(number)")
    }
    #expect(!CloseCode(rawValue: .max).mayBeSent)
  }

  @Test func `the codes that stand for the absence of one are never sent`() {
    #expect(!CloseCode.noStatus.mayBeSent)
    #expect(!CloseCode.abnormal.mayBeSent)
    #expect(!CloseCode(rawValue: 1004).mayBeSent)
    #expect(!CloseCode(rawValue: 1015).mayBeSent)
  }

  @Test func `the named codes have the numbers of the registry`() {
    let named: [CloseCode] = [
      .normal, .goingAway, .protocolError, .unsupportedData, .noStatus, .abnormal, .invalidPayload, .policyViolation,
      .messageTooBig, .mandatoryExtension, .internalError, .serviceRestart, .tryAgainLater, .badGateway,
    ]
    #expect(named.map { $0.rawValue } == [1000, 1001, 1002, 1003] + Array(1005...1014))
  }
}
