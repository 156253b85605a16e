import SampleSupport
import Testing

struct MQTTPartsTests {
  // RFC 4648 section 10.
  @Test(
    arguments: zip(
      ["", "f", "fo", "foo", "foob", "fooba", "foobar"],
      ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]))
  func `base64 is that of RFC 4648`(_ text: String, _ encoded: String) {
    #expect(base64(Array(text.utf8)) == encoded)
  }

  @Test func `the rows of the logarithmic histogram hold all times, and no row is wider than 80 columns`() {
    var histogram = Histogram()
    #expect(histogram.drawnLogarithmically() == [])
    for nanoseconds in [1_500, 3_000, 3_001, 700_000, 9_000_000_000] as [UInt64] { histogram.record(nanoseconds) }
    let rows = histogram.drawnLogarithmically()
    #expect(rows.first?.hasPrefix("     < 2 µs ") == true, "\(rows)")
    #expect(rows.last?.hasPrefix("     < 10 s ") == true, "\(rows)")
    #expect(rows.allSatisfy { $0.count <= 80 })
    #expect(rows[1].contains(" 2   40.0 %"))
  }

  @Test func `lines are found in what comes in any pieces`() {
    #expect(placeOfNewline(in: Array("ab\ncd\n".utf8), from: 0) == 2)
    #expect(placeOfNewline(in: Array("ab\ncd\n".utf8), from: 3) == 5)
    #expect(placeOfNewline(in: Array("ab\ncd\n".utf8), from: 6) == nil)
    #expect(placeOfNewline(in: [], from: 0) == nil)
  }
}
