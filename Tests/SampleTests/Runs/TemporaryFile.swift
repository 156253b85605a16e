import Glibc
import TestSupport

/// A file that goes when the object goes.
final class TemporaryFile {
  let path: String

  init(_ bytes: [UInt8]) throws {
    var name = Array("/tmp/websocket-client-XXXXXX".utf8CString)
    let number = mkstemp(&name)
    guard number >= 0 else { throw TestSupportError("no temporary file") }
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { write(number, $0.baseAddress! + start, $0.count - start) }
      guard count > 0 else { throw TestSupportError("cannot write \(path)") }
      start += count
    }
    close(number)
  }

  deinit {
    unlink(path)
  }
}
