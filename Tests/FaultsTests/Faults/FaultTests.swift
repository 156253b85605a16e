import Testing
import WestwindSockets

/// Every operation of a fixed session failed in turn, in every way, and the stream cut at every byte.
@Suite struct FaultTests {
  @Test func `whatever operation fails in whatever way, a session ends right or with one clear error`() async throws {
    let counts = await withTaskGroup(of: TriedCounts.self) { group in
      var counts = TriedCounts()
      for (i, setting) in FaultSetting.all.enumerated() {
        // Two processes at a time: in each, two threads take turns.
        if i >= 2, let some = await group.next() { counts.merge(some) }
        group.addTask { () -> TriedCounts in
          let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            [setting = setting as FaultSetting] in
            try FaultSeries(setting: setting).run()
          }
          return TriedCounts(output: result?.standardOutputContent ?? [])
        }
      }
      for await some in group { counts.merge(some) }
      return counts
    }
    print(counts.line)
    #expect(counts.total > 0)
  }
}
