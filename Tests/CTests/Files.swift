import Glibc
import WestwindTestSupport

/// Writes a file and says its name.
func write(_ bytes: [UInt8], to name: String) throws -> String {
  guard let file = fopen(name, "we") else { throw TestSupportError("cannot write \(name)") }
  defer { fclose(file) }
  guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw TestSupportError("cannot write \(name)") }
  return name
}
