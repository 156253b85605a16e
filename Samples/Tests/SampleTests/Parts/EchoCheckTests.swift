import SampleSupport
import SampleTestSupport
import Testing

struct EchoCheckTests {
  /// Checks an echo that comes in pieces.
  private func check(_ echo: [[UInt8]], of message: [UInt8], _ check: inout EchoCheck) {
    check.begin(frame: 4)
    for piece in echo { check.take(piece.span.bytes, of: message.span.bytes) }
  }

  @Test(arguments: [1, 2, 3, 64, 1000]) func `an echo in pieces of any size is right`(_ size: Int) {
    let message = pattern(size: 1000, seed: 1)
    let pieces = stride(from: 0, to: 1000, by: size).map { Array(message[$0..<min(1000, $0 + size)]) }
    var result = EchoCheck()
    check(pieces + [[]], of: message, &result)
    #expect(result.mismatches == 0)
    #expect(result.received == 1000)
  }

  @Test func `one wrong byte is found at its place`() {
    let message = pattern(size: 100, seed: 1)
    for place in 0..<100 {
      var echo = message
      echo[place] ^= 1
      var result = EchoCheck()
      check([Array(echo.prefix(40)), Array(echo.dropFirst(40))], of: message, &result)
      #expect(result.mismatches == 1)
      #expect(result.firstDifference?.frame == 4)
      #expect(result.firstDifference?.offset == place)
      #expect(result.firstDifference?.expected == message[place])
      #expect(result.firstDifference?.received == message[place] ^ 1)
    }
  }

  @Test func `several wrong bytes of one echo count once`() {
    var result = EchoCheck()
    check([[0], [0], [0, 0]], of: [1, 1, 1, 1], &result)
    #expect(result.mismatches == 1)
    check([[1, 1, 1, 1]], of: [1, 1, 1, 1], &result)
    #expect(result.mismatches == 1)
    check([[1, 1, 1, 2]], of: [1, 1, 1, 1], &result)
    #expect(result.mismatches == 2)
    #expect(result.firstDifference?.offset == 0)
  }

  @Test func `bytes behind the end are a mismatch`() {
    var result = EchoCheck()
    check([[1, 2], [3, 4]], of: [1, 2, 3], &result)
    #expect(result.mismatches == 1)
    #expect(result.firstDifference?.offset == 3)
    #expect(result.firstDifference?.expected == nil)
    #expect(result.firstDifference?.received == 4)
    #expect(result.received == 3)
  }

  @Test func `an empty message`() {
    var result = EchoCheck()
    check([[]], of: [], &result)
    #expect(result.mismatches == 0)
    check([[1]], of: [], &result)
    #expect(result.mismatches == 1)
  }
}
