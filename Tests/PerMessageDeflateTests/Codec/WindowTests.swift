import PerMessageDeflate
import Testing
import WestwindTestSupport

/// RFC 7692 7.1.2: how far back a side refers.
struct WindowTests {
  /// With outputs of one byte, zlib's inflater has its window and nothing else.
  @Test(arguments: 9...14)
  func `a reference as far as the window is followed, and one byte further is not`(windowBits: Int) throws {
    for (distance, isInside) in [(1 << windowBits, true), (1 << windowBits + 1, false)] {
      let run = pattern(size: distance, seed: 3)
      var deflater = Deflater.plain(15, level: 9, memoryLevel: 9)
      let payload = try deflater.deflate(run + run)
      #expect(payload.count < run.count + run.count / 2, "nothing was referred to")
      var inflater = Inflater.plain(windowBits)
      if isInside {
        expectEqual(try inflater.inflate(payload, room: 1), run + run)
      } else {
        #expect(throws: InflateError.distanceTooFarBack) { try inflater.inflate(payload, room: 1) }
      }
    }
  }

  @Test(arguments: 9...15)
  func `a deflater refers no further than its window`(windowBits: Int) throws {
    for level in [1, 3, 4, 9] {  // each of zlib's ways to search
      var deflater = Deflater.plain(windowBits, level: level)
      var inflater = Inflater.plain(windowBits)
      for sample in [Sample.farRepeat, .text, .farRepeat] {
        expectEqual(try inflater.inflate(try deflater.deflate(sample.bytes), room: 1), sample.bytes, "level \(level)")
      }
    }
  }

  @Test func `a reference before the first byte is an error`() {
    // The context of RFC 7692 7.2.3.2, which is not there.
    var inflater = Inflater.plain()
    #expect(throws: InflateError.distanceTooFarBack) { try inflater.inflate([UInt8](hex: "f200110000")) }
  }
}
