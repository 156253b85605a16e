import Testing
import WestwindTestSupport

/// Expects that something leaves no descriptor open, however often it is done. For exit tests: in their processes
/// nothing else runs but the runtime, which has a few descriptors of its own now and then.
func expectNothingLeftOpen(_ body: () throws -> Void) throws {
  try body()
  let before = openDescriptors()
  for _ in 0..<200 { try body() }
  let after = openDescriptors()
  #expect(after.count < before.count + 20, "\(after)")
}
