import Glibc
import TestSupport
import Testing

/// In the steady state a frame costs no memory, neither in a debug nor in a release build: what a call needs is on the
/// stack in both, and where only the optimizer would put it there, the code is to be mended.
@Suite struct AllocationTests {
  @Test func `sending and receiving a frame allocates nothing`() throws {
    let run = try ChildProcess.run(programBesideTests("AllocationCount"), timeout: .seconds(300))
    #expect(run.status == .exited(0), "\(run.errors)")
    var counts: [String: Int] = [:]
    for line in run.output.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1)
      counts[String(words[1])] = Int(String(words[0]))
    }
    #expect(counts.removeValue(forKey: "for the sake of comparison") == 20)
    #expect(counts.count == 24)
    for (kind, count) in counts { #expect(count == 0, "\(kind)") }
  }
}

/// The path of a program that was built with these tests.
private func programBesideTests(_ name: String) -> String {
  var buffer = [UInt8](repeating: 0, count: 4096)
  let length = buffer.withUnsafeMutableBytes {
    readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
  }
  let tests = String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
  return tests.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
}
