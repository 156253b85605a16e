import Testing
import WestwindBuffers
import WestwindTestSupport

/// Three runs of bytes are one payload.
struct PayloadTests {
  /// What a payload is, run by run.
  private func array(_ payload: borrowing Payload) -> [UInt8] {
    payload.run(0).array + payload.run(1).array + payload.run(2).array
  }

  @Test func `wherever it is cut into runs, it is the same bytes`() {
    let bytes = [UInt8](0..<12)
    for first in 0...12 {
      for second in first...12 {
        let runs = bytes.cut(at: [first, second])
        let (one, two, three) = (runs[0], runs[1], runs[2])
        let payload = Payload(one.span.bytes, two.span.bytes, three.span.bytes)
        #expect(payload.byteCount == 12)
        #expect(payload.isEmpty == false)
        #expect(payload.isOneRun == (first == 12))
        #expect(array(payload) == bytes)
        for index in 0..<12 { #expect(payload[index] == UInt8(index)) }
        for count in -1...14 {
          #expect(array(payload.dropping(first: count)) == Array(bytes.dropFirst(max(0, count))))
          #expect(array(payload.prefix(count)) == Array(bytes.prefix(max(0, count))))
        }
      }
    }
  }

  @Test func `other bytes go in front of two runs`() {
    let (first, second, front): ([UInt8], [UInt8], [UInt8]) = ([1, 2], [3], [8, 9])
    let payload = Payload(first.span.bytes, second.span.bytes)
    #expect(array(payload.preceded(by: front.span.bytes)) == [8, 9, 1, 2, 3])
    #expect(array(payload.preceded(by: RawSpan())) == [1, 2, 3])
    let rest = payload.dropping(first: 2)
    #expect(array(rest.preceded(by: front.span.bytes)) == [8, 9, 3])
  }

  @Test func `an empty payload has nothing, in any number of runs`() {
    #expect(Payload().isEmpty == true)
    #expect(Payload().isOneRun == true)
    #expect(Payload(RawSpan()).isEmpty == true)
    #expect(Payload(RawSpan(), RawSpan(), RawSpan()).byteCount == 0)
    #expect(array(Payload().dropping(first: 3)) == [])
    #expect(array(Payload().prefix(3)) == [])
  }
}
