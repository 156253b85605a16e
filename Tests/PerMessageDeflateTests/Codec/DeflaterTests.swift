import PerMessageDeflate
import Testing
import WestwindTestSupport

struct DeflaterTests {
  @Test func `each frame of a message can be read when it is there`() throws {
    var deflater = Deflater.plain()
    var inflater = Inflater.plain()
    for fragment in ["Hel", "", "lo, ", "Hello", ""] {
      let payload = try deflater.deflate(fragment.bytes, ending: .frame)
      #expect(payload.isEmpty == fragment.isEmpty)
      #expect(try inflater.inflate(payload, endsMessage: false) == fragment.bytes)
    }
    #expect(try deflater.deflate([]) == [0x00])
    #expect(try inflater.inflate([0x00]) == [])
  }

  @Test func `a frame ends with an empty block, a message without that block's last four bytes`() throws {
    for sample in Sample.allCases where sample != .empty {
      for room in [Deflater.minimumRoom, 9, 10, 11, 12, 13, 14, 15, 16, 1000] {
        var one = Deflater.plain()
        var other = Deflater.plain()
        let frame = try one.deflate(sample.bytes, ending: .frame, room: room)
        let message = try other.deflate(sample.bytes, ending: .message, room: room)
        expectEqual(frame, message + [0x00, 0x00, 0xFF, 0xFF], "\(sample), room \(room)")
      }
    }
  }

  @Test(arguments: 0..<Deflater.minimumRoom)
  func `with too little room nothing is lost`(room: Int) throws {
    var deflater = Deflater.plain()
    let message = "Hello".bytes
    var consumed = 0
    var payload: [UInt8] = []
    for room in [room, 0, Deflater.minimumRoom, 64] {
      let piece = try withRoom(room) { output in
        try deflater.deflate(message.span.bytes, consumed: &consumed, ending: .message, into: &output)
      }
      payload += piece.bytes
      if piece.result == .done { break }
    }
    #expect(payload.hex == "f248cdc9c90700")
  }

  @Test func `the context can be dropped at the edge of any frame`() throws {
    for drops in [0, 1, 2] {
      var deflater = Deflater.plain()
      var inflater = Inflater.plain()
      func drop() {
        if drops == 1 { deflater.reset() } else if drops == 2 { deflater.release() }
      }
      var sizes: [Int] = []
      for _ in 1...3 {
        let first = try deflater.deflate(Sample.records.bytes, ending: .frame)
        drop()
        let second = try deflater.deflate(Sample.records.bytes)
        drop()
        sizes += [first.count, second.count]
        expectEqual(try inflater.inflate(first, endsMessage: false), Sample.records.bytes)
        expectEqual(try inflater.inflate(second), Sample.records.bytes)
      }
      let usesContext = sizes[1] < sizes[0] / 4
      #expect(usesContext == (drops == 0), "\(sizes)")
    }
  }

  @Test func `a frame that was not sent after all is forgotten`() throws {
    var deflater = Deflater.plain()
    var inflater = Inflater.plain()
    #expect(
      try inflater.inflate(try deflater.deflate("Hello".bytes, ending: .frame), endsMessage: false) == "Hello".bytes)
    _ = try deflater.deflate("Hello Hello".bytes, ending: .nothing)
    deflater.reset()
    #expect(try inflater.inflate(try deflater.deflate("Hello Hello".bytes)) == "Hello Hello".bytes)
    _ = try deflater.deflate("Hello Hello".bytes, ending: .message)
    deflater.reset()
    #expect(try inflater.inflate(try deflater.deflate("Hello".bytes)) == "Hello".bytes)
  }

  @Test func `memory is taken at the first byte and given back by release`() throws {
    var deflater = Deflater.plain()
    func check(_ isAllocated: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
      let state = deflater.isAllocated
      #expect(state == isAllocated, sourceLocation: sourceLocation)
    }
    _ = try deflater.deflate([])
    check(false)
    _ = try deflater.deflate([1])
    check(true)
    deflater.release()
    check(false)
    #expect(try deflater.deflate("Hello".bytes).hex == "f248cdc9c90700")
  }

  @Test func `numbers outside their ranges count as the nearest inside`() throws {
    for (bits, level, memoryLevel) in [(Int.min, Int.min, Int.min), (0, 0, 0), (99, 99, 99), (.max, .max, .max)] {
      var deflater = Deflater.plain(bits, level: level, memoryLevel: memoryLevel)
      var inflater = Inflater.plain(bits)
      expectEqual(try inflater.inflate(try deflater.deflate(Sample.records.bytes)), Sample.records.bytes)
    }
  }
}
