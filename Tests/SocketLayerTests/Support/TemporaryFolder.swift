import Glibc
import TestSupport

/// Lends the path of a new folder, and removes it with what lies in it.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  var template = Array("/tmp/westwind-XXXXXX".utf8CString)
  let path = try template.withUnsafeMutableBufferPointer { template in
    guard let path = mkdtemp(template.baseAddress!) else { throw TestSupportError("mkdtemp failed") }
    return String(cString: path)
  }
  defer {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          String(cString: UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        }
        unlink(path + "/" + name)
      }
      closedir(folder)
    }
    rmdir(path)
  }
  return try body(path)
}
