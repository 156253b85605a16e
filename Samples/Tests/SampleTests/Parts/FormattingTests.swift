import SampleSupport
import Testing

struct FormattingTests {
  @Test func `numbers are grouped by thousands`() {
    #expect([0, 7, 999, 1000, 123_456, 1_234_567].map(grouped) == ["0", "7", "999", "1,000", "123,456", "1,234,567"])
  }

  @Test func `decimals are rounded and filled with zeros`() {
    #expect(fixed(0, digits: 0) == "0")
    #expect(fixed(1.5, digits: 3) == "1.500")
    #expect(fixed(0.0625, digits: 2) == "0.06")
    #expect(fixed(0.999, digits: 2) == "1.00")
    #expect(fixed(1234.0009, digits: 3) == "1234.001")
  }

  @Test func `bytes have the unit that fits`() {
    #expect(byteCount(0) == "0 B")
    #expect(byteCount(1023) == "1023 B")
    #expect(byteCount(1024) == "1.00 KiB")
    #expect(byteCount(10.0 * 1024) == "10.0 KiB")
    #expect(byteCount(200.0 * 1_048_576) == "200 MiB")
    #expect(byteCount(3.0 * 1_073_741_824) == "3.00 GiB")
  }

  @Test func `times have the unit that fits`() {
    #expect(time(nanoseconds: 0) == "0 ns")
    #expect(time(nanoseconds: 999) == "999 ns")
    #expect(time(nanoseconds: 1_000) == "1.00 µs")
    #expect(time(nanoseconds: 12_340) == "12.3 µs")
    #expect(time(nanoseconds: 999_499) == "999 µs")
    #expect(time(nanoseconds: 999_500) == "1.00 ms")
    #expect(time(nanoseconds: 1_500_000_000) == "1.50 s")
  }

  @Test func `a limit reads as it was given`() {
    #expect(seconds(.seconds(10)) == "10 s")
    #expect(seconds(.milliseconds(500)) == "0.5 s")
    #expect(seconds(.milliseconds(1)) == "0.001 s")
    #expect(seconds(.seconds(100)) == "100 s")
  }

  @Test func `a JSON string escapes what it must`() throws {
    #expect(jsonString("a\"b\\c") == #""a\"b\\c""#)
    #expect(jsonString("\n\r\t\u{1}\u{1F}") == #""\n\r\t\u0001\u001f""#)
    #expect(jsonString("ü/→") == "\"ü/→\"")
    let hostile = String(String.UnicodeScalarView((0..<0x250).map { Unicode.Scalar($0)! }))
    #expect(try JSONValue(parsing: jsonString(hostile)) == .string(hostile))
  }

  @Test func `the progress line fits a terminal`() {
    for done in [0, 1, 500, 999, 1000, 1001] {
      let line = ProgressBar.line(done << 30, of: 1000 << 30, rate: "1023 MiB/s")
      #expect(line.count < 80)
    }
    #expect(ProgressBar.line(0, of: 0, rate: "0 B/s").contains("100 %"))
    #expect(ProgressBar.line(512, of: 1024, rate: "x").contains(" 50 %  512 B of 1.00 KiB  x"))
    #expect(ProgressBar.line(2048, of: nil, rate: "x") == "2.00 KiB  x")
  }
}
