import PerMessageDeflate
import Testing
import WestwindTestSupport

struct InflaterTests {
  @Test func `a message may be cut at every byte, with any room`() throws {
    var deflater = Deflater.plain()
    let message = Array(Sample.records.bytes.prefix(500))
    let payload = try deflater.deflate(message)
    for cut in 0...payload.count {
      for room in [1, message.count - 1, message.count, message.count + 1] {
        var inflater = Inflater.plain()
        let pieces = [Array(payload[..<cut]), Array(payload[cut...])]
        expectEqual(try inflater.inflate(pieces: pieces, room: room), message, "cut at \(cut), room \(room)")
      }
    }
  }

  @Test(arguments: [1, 5, 300, 40_000])
  func `the end is told with the last byte, also where it just fills the output`(count: Int) throws {
    for end in ["", "final"] {
      let message = pattern(size: count, seed: 9)
      var deflater = Deflater.plain()
      let payload = end == "" ? try deflater.deflate(message) : stored(message, isFinal: true)
      var inflater = Inflater.plain()
      for _ in 1...2 {
        var consumed = 0
        let piece = try withRoom(count) { output in
          try inflater.inflate(payload.span.bytes, consumed: &consumed, endsMessage: true, into: &output)
        }
        expectEqual(piece.bytes, message)
        #expect(piece.result == .done)
        #expect(consumed == payload.count)
        inflater = Inflater.plain()
      }
    }
  }

  @Test func `without room an empty message ends, and any other waits`() throws {
    var inflater = Inflater.plain()
    for (payload, progress) in [("00", CodecProgress.done), ("f248cdc9c90700", .needsRoom)] {
      let bytes = [UInt8](hex: payload)
      var consumed = 0
      let piece = try withRoom(0) { output in
        try inflater.inflate(bytes.span.bytes, consumed: &consumed, endsMessage: true, into: &output)
      }
      #expect(piece.result == progress)
      #expect(piece.bytes.isEmpty)
    }
  }

  @Test func `a bomb makes no more than there is room for, and can be left there`() throws {
    var deflater = Deflater.plain()
    let million = [UInt8](repeating: 0, count: 1 << 20)
    var payload: [UInt8] = []
    for _ in 1...64 { payload += try deflater.deflate(million, ending: .nothing) }
    payload += try deflater.deflate([])
    #expect(payload.count < 80_000)
    var inflater = Inflater.plain()
    var consumed = 0
    var made = 0
    for _ in 1...16 {
      let piece = try withRoom(4096) { output in
        try inflater.inflate(payload.span.bytes, consumed: &consumed, endsMessage: true, into: &output)
      }
      #expect(piece.result == .needsRoom)
      made += piece.bytes.count
    }
    #expect(made == 16 * 4096)
    #expect(consumed < 200, "the bomb was taken in beyond the limit")
  }

  @Test func `a message that is cut short is an error, wherever it is`() throws {
    var deflater = Deflater.plain()
    let payload = try deflater.deflate(Array(Sample.records.bytes.prefix(700)))
    for count in 0..<payload.count {
      var inflater = Inflater.plain()
      let cut = Array(payload[..<count])
      #expect(throws: InflateError.truncated, "\(count) of \(payload.count)") { try inflater.inflate(cut) }
      #expect(throws: InflateError.truncated, "the error stays") { try inflater.inflate(payload) }
      var tight = Inflater.plain()
      #expect(throws: InflateError.truncated, "\(count) of \(payload.count)") { try tight.inflate(cut, room: 1) }
    }
  }

  @Test(arguments: [
    ("07", "invalid block type"), ("000500fbff48656c6c6f00", "invalid stored block lengths"),
    ("fffff248cdc9c90700", "invalid block type"),
  ])
  func `bytes that are not DEFLATE are an error in zlib's words, and it stays`(payload: String, reason: String) {
    var inflater = Inflater.plain()
    for _ in 1...2 {
      #expect(throws: InflateError.corrupt(reason: reason)) { try inflater.inflate([UInt8](hex: payload)) }
    }
  }

  @Test func `any single changed byte gives an error or other bytes, never a crash`() throws {
    var deflater = Deflater.plain()
    let message = Array(Sample.records.bytes.prefix(700))
    let payload = try deflater.deflate(message)
    for i in payload.indices {
      for flip: UInt8 in [0x01, 0x80, 0xFF] {
        var changed = payload
        changed[i] ^= flip
        var inflater = Inflater.plain()
        _ = try? inflater.inflate(changed, room: 500)
      }
    }
  }

  @Test func `blocks with BFINAL may stand anywhere, and the window stays`() throws {
    var inflater = Inflater.plain()
    let hello = stored("Hello".bytes, isFinal: true)
    // A final block, an open one, a final one, and the end; then a reference to all that (RFC 7692 7.2.3.2).
    let payload = hello + stored(", ".bytes, isFinal: false) + hello + [0x00]
    #expect(try inflater.inflate(payload) == "Hello, Hello".bytes)
    #expect(try inflater.inflate([UInt8](hex: "f200110000")) == "Hello".bytes)
    #expect(try inflater.inflate(hello + [0x00]) == "Hello".bytes)
  }

  @Test func `a final block may end the message without the byte behind it`() throws {
    var inflater = Inflater.plain()
    for _ in 1...3 {
      #expect(try inflater.inflate(stored("Hello".bytes, isFinal: true)) == "Hello".bytes)
      // A final block whose length and its complement are the bytes that were cut off.
      #expect(try inflater.inflate(stored("Hello".bytes, isFinal: false) + [0x01]) == "Hello".bytes)
    }
    #expect(throws: InflateError.truncated) { try inflater.inflate([]) }
  }

  @Test func `memory is taken at the first message and given back where no context is kept`() throws {
    for noContextTakeover in [false, true] {
      var inflater = Inflater.plain(noContextTakeover: noContextTakeover)
      func check(_ isAllocated: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        let state = inflater.isAllocated
        #expect(state == isAllocated, sourceLocation: sourceLocation)
      }
      check(false)
      #expect(try inflater.inflate([UInt8](hex: "f248cd"), endsMessage: false) == "He".bytes)
      inflater.release()
      check(true)
      #expect(try inflater.inflate([UInt8](hex: "c9c90700")) == "llo".bytes)
      inflater.release()
      check(!noContextTakeover)
      #expect(try inflater.inflate([UInt8](hex: "f248cdc9c90700")) == "Hello".bytes)
    }
  }
}

/// One block without compression (RFC 1951 3.2.4).
func stored(_ bytes: [UInt8], isFinal: Bool) -> [UInt8] {
  let count = UInt16(bytes.count)
  return [isFinal ? 1 : 0, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)] + bytes
}
