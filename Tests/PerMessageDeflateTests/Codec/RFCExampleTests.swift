import PerMessageDeflate
import Testing
import WestwindTestSupport

/// The examples of RFC 7692 7.2.3.
struct RFCExampleTests {
  @Test func `7_2_3_1: Hello is one block with fixed codes`() throws {
    var deflater = Deflater.plain()
    let payload = try deflater.deflate("Hello".bytes)
    #expect(payload.hex == "f248cdc9c90700")
    var inflater = Inflater.plain()
    #expect(try inflater.inflate(payload) == "Hello".bytes)
  }

  @Test func `7_2_3_1: Hello in two fragments, cut behind the third byte`() throws {
    var inflater = Inflater.plain()
    #expect(try inflater.inflate([UInt8](hex: "f248cd"), endsMessage: false) == "He".bytes)
    #expect(try inflater.inflate([UInt8](hex: "c9c90700")) == "llo".bytes)
  }

  @Test func `7_2_3_2: the second Hello refers to the first`() throws {
    var deflater = Deflater.plain()
    var inflater = Inflater.plain()
    let first = try deflater.deflate("Hello".bytes)
    let second = try deflater.deflate("Hello".bytes)
    #expect(first.hex == "f248cdc9c90700")
    #expect(second.hex == "f200110000")
    #expect(try inflater.inflate(first) == "Hello".bytes)
    #expect(try inflater.inflate(second) == "Hello".bytes)
  }

  @Test func `7_2_3_2: without context takeover both are the same`() throws {
    var deflater = Deflater.plain(noContextTakeover: true)
    var inflater = Inflater.plain(noContextTakeover: true)
    for _ in 1...3 {
      let payload = try deflater.deflate("Hello".bytes)
      #expect(payload.hex == "f248cdc9c90700")
      #expect(try inflater.inflate(payload) == "Hello".bytes)
    }
  }

  @Test func `7_2_3_2: a reference to an earlier message is an error where no context was agreed`() throws {
    var inflater = Inflater.plain(noContextTakeover: true)
    #expect(try inflater.inflate([UInt8](hex: "f248cdc9c90700")) == "Hello".bytes)
    #expect(throws: InflateError.distanceTooFarBack) { try inflater.inflate([UInt8](hex: "f200110000")) }
  }

  @Test func `7_2_3_3: a block without compression`() throws {
    var inflater = Inflater.plain()
    #expect(try inflater.inflate([UInt8](hex: "000500faff48656c6c6f00")) == "Hello".bytes)
  }

  @Test func `7_2_3_4: a block with BFINAL`() throws {
    var inflater = Inflater.plain()
    for _ in 1...3 { #expect(try inflater.inflate([UInt8](hex: "f348cdc9c9070000")) == "Hello".bytes) }
  }

  @Test func `7_2_3_5: two blocks in one message`() throws {
    var inflater = Inflater.plain()
    #expect(try inflater.inflate([UInt8](hex: "f24805000000ffffcac9c90700")) == "Hello".bytes)
  }

  @Test func `7_2_3_6: an empty message is one byte`() throws {
    var deflater = Deflater.plain()
    var inflater = Inflater.plain()
    for _ in 1...3 {
      #expect(try deflater.deflate([]) == [0x00])
      #expect(try inflater.inflate([0x00]) == [])
    }
    let isAllocated = deflater.isAllocated
    #expect(!isAllocated)
    let hello = try deflater.deflate("Hello".bytes)
    #expect(hello.hex == "f248cdc9c90700")
    #expect(try deflater.deflate([]) == [0x00])
    #expect(try inflater.inflate(hello) == "Hello".bytes)
    #expect(try inflater.inflate([0x00]) == [])
    #expect(try inflater.inflate(try deflater.deflate("Hello".bytes)) == "Hello".bytes)
  }

  @Test func `7_2_3: every example also byte by byte and into outputs of one byte`() throws {
    for payload in [
      "f248cdc9c90700", "000500faff48656c6c6f00", "f348cdc9c9070000", "f24805000000ffffcac9c90700",
    ] {
      let bytes = [UInt8](hex: payload)
      var inflater = Inflater.plain()
      #expect(try inflater.inflate(pieces: bytes.map { [$0] }, room: 1) == "Hello".bytes, "\(payload)")
      #expect(try inflater.inflate(pieces: bytes.flatMap { [[], [$0], []] }) == "Hello".bytes, "\(payload)")
    }
  }
}
