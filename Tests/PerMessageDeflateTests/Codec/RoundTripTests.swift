import PerMessageDeflate
import Testing
import WestwindTestSupport

struct RoundTripTests {
  @Test(arguments: 8...15)
  func `every sample comes back through every window, with and without context`(windowBits: Int) throws {
    for noContextTakeover in [false, true] {
      var deflater = Deflater.plain(windowBits, noContextTakeover: noContextTakeover)
      var inflater = Inflater.plain(windowBits, noContextTakeover: noContextTakeover)
      for sample in Sample.allCases + Sample.allCases.reversed() {
        let payload = try deflater.deflate(sample.bytes)
        expectEqual(try inflater.inflate(payload), sample.bytes, "\(sample)")
      }
    }
  }

  @Test(arguments: 1...9)
  func `every sample comes back at every level and memory level`(level: Int) throws {
    for memoryLevel in [1, 5, 9] {
      var deflater = Deflater.plain(level: level, memoryLevel: memoryLevel)
      var inflater = Inflater.plain()
      for sample in Sample.allCases {
        expectEqual(try inflater.inflate(try deflater.deflate(sample.bytes)), sample.bytes, "\(sample)")
      }
    }
  }

  @Test(arguments: [1, 2, 7, 8, 9, 13, 64, 125, 4096, 65536])
  func `the outputs may be of any size, from the least room on`(room: Int) throws {
    for sample in Sample.allCases {
      var deflater = Deflater.plain()
      var inflater = Inflater.plain()
      var whole = Deflater.plain()
      for _ in 1...2 {
        let payload = try deflater.deflate(sample.bytes, room: max(room, Deflater.minimumRoom))
        expectEqual(payload, try whole.deflate(sample.bytes), "\(sample)")
        expectEqual(try inflater.inflate(payload, room: room), sample.bytes, "\(sample)")
      }
    }
  }

  @Test func `random messages in random pieces and fragments come back`() throws {
    var random = SeededGenerator(seed: 1)
    for round in 1...40 {
      let bits = Int.random(in: 8...15, using: &random)
      let keeps = Bool.random(using: &random)
      var deflater = Deflater.plain(
        bits, noContextTakeover: !keeps, level: Int.random(in: 1...9, using: &random),
        memoryLevel: Int.random(in: 1...9, using: &random))
      var inflater = Inflater.plain(bits, noContextTakeover: !keeps)
      for _ in 1...10 {
        let sample = Sample.allCases.randomElement(using: &random)!.bytes
        let message = Array(sample[..<Int.random(in: 0...sample.count, using: &random)])
        var payload: [UInt8] = []
        var start = 0
        while start < message.count {
          let end = min(message.count, start + Int.random(in: 0...max(1, message.count), using: &random))
          let room = Int.random(in: Deflater.minimumRoom...5000, using: &random)
          let ending: DeflateEnding = Bool.random(using: &random) ? .nothing : .frame
          payload += try deflater.deflate(Array(message[start..<end]), ending: ending, room: room)
          start = end
        }
        payload += try deflater.deflate([])
        let cut = Int.random(in: 0...payload.count, using: &random)
        let pieces = [Array(payload[..<cut]), Array(payload[cut...])]
        let back = try inflater.inflate(pieces: pieces, room: Int.random(in: 1...5000, using: &random))
        expectEqual(back, message, "round \(round), window \(bits)")
      }
    }
  }
}
