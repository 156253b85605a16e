import Glibc
import TestSupport

/// A folder of a peer's, for its certificate and its configuration.
struct PeerFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/westwind-peer-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else { throw TestSupportError("mkdtemp") }
    self.path = String(cString: path)
  }

  /// Writes a file. Gives back its path.
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    guard let stream = fopen(file, "w") else { throw TestSupportError("cannot write \(file)") }
    let count = fwrite(bytes, 1, bytes.count, stream)
    guard fclose(stream) == 0, count == bytes.count else { throw TestSupportError("cannot write \(file)") }
    return file
  }

  /// Removes it with all that is in it. May be called again.
  func remove() {
    _ = try? ChildProcess.run("/bin/rm", ["-rf", path])
  }
}
