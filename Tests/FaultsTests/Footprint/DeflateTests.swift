import Testing

/// What the documentation says of the memory of compression (PerMessageDeflate's article), with room for another zlib.
@Suite struct DeflateTests {
  @Test func `compression allocates at its first use alone, as much as zlib says`() throws {
    let numbers = try FootprintProgram.run("deflate")
    #expect(numbers["calls for memory with context takeover"] == 0)
    #expect(numbers["calls for memory without context takeover"] == 0)
    let unused = try #require(numbers["bytes for a pair that is not used"])
    #expect(unused < 1000)
    for (windowBits, memoryLevel) in [(15, 9), (15, 8), (15, 1), (12, 5), (10, 2), (9, 1)] {
      let bytes = try #require(
        numbers["bytes to compress with a window of \(windowBits) bits and memory level \(memoryLevel)"])
      let formula = 1 << (windowBits + 2) + 1 << (memoryLevel + 9)
      #expect((formula...(formula + 16384)).contains(bytes), "\(windowBits), \(memoryLevel): \(bytes)")
    }
    for windowBits in 9...15 {
      let bytes = try #require(numbers["bytes to decompress with a window of \(windowBits) bits"])
      #expect(((1 << windowBits)...(1 << windowBits + 16384)).contains(bytes), "\(windowBits): \(bytes)")
    }
  }
}
