import Glibc
import WestwindTestSupport

/// The program `Footprint`, which was built with these tests.
enum FootprintProgram {
  /// Runs it and reads its lines, `number what`.
  static func run(_ command: String) throws -> [String: Int] {
    let run = try ChildProcess.run(path, [command], timeout: .seconds(500))
    guard run.status == .exited(0) else {
      throw TestSupportError("Footprint \(command): \(run.status): \(run.output)\(run.errors)")
    }
    var numbers: [String: Int] = [:]
    for line in run.output.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1).map { String($0) }
      guard words.count == 2, let number = Int(words[0]) else { throw TestSupportError("not a number: \(line)") }
      numbers[words[1]] = number
    }
    return numbers
  }

  /// It lies beside the program that runs the tests.
  private static var path: String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let length = buffer.withUnsafeMutableBytes {
      readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
    }
    let tests = String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
    return tests.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/Footprint"
  }
}
