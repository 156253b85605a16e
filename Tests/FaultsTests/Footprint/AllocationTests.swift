import Testing

/// In the steady state a frame costs no memory, neither in a debug nor in a release build: what a call needs is on the
/// stack in both, and where only the optimizer would put it there, the code is to be mended.
@Suite struct AllocationTests {
  @Test func `sending and receiving a frame allocates nothing`() throws {
    var counts = try FootprintProgram.run("frames")
    // The counter counts.
    #expect(counts.removeValue(forKey: "for the sake of comparison") == 20)
    #expect(counts.count == 64)
    for (kind, count) in counts { #expect(count == 0, "\(kind)") }
  }

  @Test func `a message in MQTT allocates nothing, at any QoS, both ways`() throws {
    let counts = try FootprintProgram.run("mqtt")
    #expect(counts.count == 18)
    for (kind, count) in counts { #expect(count == 0, "\(kind)") }
  }
}
