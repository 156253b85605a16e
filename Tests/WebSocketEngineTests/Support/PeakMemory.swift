import Glibc
import WestwindTestSupport

/// The most bytes of memory that this process has had in use so far.
func peakMemory() throws -> Int {
  guard let file = fopen("/proc/self/status", "r") else { throw TestSupportError("no /proc/self/status") }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 512)
  while fgets(&line, 512, file) != nil {
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard text.hasPrefix("VmHWM:") else { continue }
    let digits = text.filter { $0.isNumber }
    guard let kilobytes = Int(digits) else { break }
    return kilobytes << 10
  }
  throw TestSupportError("no peak of memory in /proc/self/status")
}
