import PerMessageDeflate
import Testing
import WestwindTestSupport

/// Python's zlib module as the other side, with the tail cut off and put back as RFC 7692 7.2 says.
@Suite(.enabled(if: Tool.find("python3") != nil, "needs python3"))
struct PythonTests {
  /// One line of hexadecimal digits in for each line out.
  static func run(_ script: String, _ arguments: [Int], _ lines: [[UInt8]]) throws -> [[UInt8]] {
    let python = try #require(Tool.find("python3"))
    let input = lines.map { $0.hex + "\n" }.joined().bytes
    let run = try ChildProcess.run(
      python,
      ["-c", "import sys, zlib\nbits, keeps = int(sys.argv[1]), int(sys.argv[2])\n" + script]
        + arguments.map { String($0) }, input: input, timeout: .seconds(120))
    #expect(run.status == .exited(0), "\(run.errors)")
    return run.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
      [UInt8](hex: String($0))
    }
  }

  static let compress = """
    make = lambda: zlib.compressobj(6, zlib.DEFLATED, -bits)
    codec = make()
    for line in sys.stdin:
        if not keeps: codec = make()
        data = codec.compress(bytes.fromhex(line)) + codec.flush(zlib.Z_SYNC_FLUSH)
        print((data[:-4] if data.endswith(b"\\0\\0\\xff\\xff") else b"\\0").hex())
    """

  /// One byte of output a call, so that nothing but the window can be referred to.
  static let decompress = """
    make = lambda: zlib.decompressobj(-bits)
    codec = make()
    for line in sys.stdin:
        if not keeps: codec = make()
        left, result = bytes.fromhex(line) + b"\\0\\0\\xff\\xff", bytearray()
        while True:
            piece = codec.decompress(left, 1)
            result += piece
            left = codec.unconsumed_tail
            if not piece and not left: break
        assert not codec.eof and not codec.unused_data
        print(result.hex())
    """

  static let messages: [[UInt8]] =
    [Sample.text, .records, .farRepeat, .empty, .oneByte, .text, .records, .random, .records].map { $0.bytes }

  // zlib has no raw compressor with 8 bits.
  @Test(arguments: 9...15)
  func `Python compresses and we decompress`(windowBits: Int) throws {
    for keepsContext in [0, 1] {
      let payloads = try Self.run(Self.compress, [windowBits, keepsContext], Self.messages)
      var inflater = Inflater.plain(windowBits, noContextTakeover: keepsContext == 0)
      for (payload, message) in zip(payloads, Self.messages) {
        expectEqual(try inflater.inflate(payload, room: 1000), message)
      }
      #expect(payloads.count == Self.messages.count)
    }
  }

  /// Also with a window of 256 bytes, which our deflater reaches with zlib's 9 bits.
  @Test(arguments: 8...15)
  func `we compress and Python decompresses, with no byte at hand outside the window`(windowBits: Int) throws {
    for keepsContext in [0, 1] {
      for level in windowBits == 8 ? Array(1...9) : [6] {
        var deflater = Deflater.plain(windowBits, noContextTakeover: keepsContext == 0, level: level)
        let payloads = try Self.messages.map { try deflater.deflate($0, room: 1000) }
        let back = try Self.run(Self.decompress, [windowBits, keepsContext], payloads)
        #expect(back.count == Self.messages.count)
        for (one, message) in zip(back, Self.messages) { expectEqual(one, message, "level \(level)") }
        let sent = payloads.reduce(0) { $0 + $1.count }
        #expect(sent < Self.messages.reduce(0) { $0 + $1.count }, "nothing was compressed")
      }
    }
  }
}
