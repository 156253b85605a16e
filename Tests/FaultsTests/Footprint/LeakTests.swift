import Testing

/// What a thousand connections leave behind: nothing.
@Suite struct LeakTests {
  @Test func `a thousand connections, ended in every way, leave no descriptor, context, thread or memory`() throws {
    let growth = try FootprintProgram.run("connections")
    #expect(growth["descriptors"] == 0)
    #expect(growth["contexts"] == 0)
    #expect(growth["threads"] == 0)
    // The smallest block, lost at one of the endings only, would be more.
    #expect(try #require(growth["bytes"]) < 2000)
  }
}
