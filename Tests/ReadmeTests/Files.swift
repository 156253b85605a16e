import Glibc
import TestSupport

/// The text of a file of the package.
func text(of name: String) throws -> String {
  guard let file = fopen("\(packageRoot)/\(name)", "re") else { throw TestSupportError("cannot open \(name)") }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
  return String(decoding: bytes, as: UTF8.self)
}

/// A program of the package, built beside the one that runs these tests.
func builtProgram(_ name: String) -> String {
  var buffer = [UInt8](repeating: 0, count: 4096)
  let length = buffer.withUnsafeMutableBytes {
    readlink("/proc/self/exe", $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
  }
  let runner = String(decoding: buffer.prefix(max(0, length)), as: UTF8.self)
  return runner.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
}
