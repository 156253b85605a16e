import SampleSupport
import Testing

struct PatternTests {
  @Test(arguments: [0, 1, 7, 8, 9, 125, 70_000]) func `it has the size asked for`(_ size: Int) {
    var pattern = Pattern(size: size, text: false)
    pattern.make(frame: 3)
    #expect(pattern.bytes.count == size)
  }

  @Test(arguments: [false, true]) func `neighbouring frames differ from their first byte on`(_ text: Bool) {
    var pattern = Pattern(size: 16, text: text)
    var last: [UInt8] = []
    for frame in 0..<1000 {
      pattern.make(frame: frame)
      let bytes = pattern.bytes
      #expect(bytes.first != last.first)
      last = bytes
    }
  }

  @Test(arguments: [false, true]) func `a thousand frames are all different`(_ text: Bool) {
    var pattern = Pattern(size: 64, text: text)
    let all = Set(
      (0..<1000).map { frame in
        pattern.make(frame: frame)
        return pattern.bytes
      })
    #expect(all.count == 1000)
  }

  @Test func `text is made of letters`() {
    var pattern = Pattern(size: 1001, text: true)
    for frame in 0..<100 {
      pattern.make(frame: frame)
      #expect(pattern.bytes.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "p")).contains($0) })
    }
  }
}

extension Pattern {
  fileprivate var bytes: [UInt8] { withBytes { $0.array } }
}
