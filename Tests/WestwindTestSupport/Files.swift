import Glibc

/// The bytes of a file, up to its end.
public func bytes(ofFile path: String) throws(TestSupportError) -> [UInt8] {
  guard let stream = fopen(path, "re") else { throw TestSupportError("cannot open \(path): \(errorText())") }
  defer { fclose(stream) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = fread(&buffer, 1, buffer.count, stream)
    if count == 0 {
      guard ferror(stream) == 0 else { throw TestSupportError("cannot read \(path): \(errorText())") }
      return bytes
    }
    bytes += buffer[..<count]
  }
}

/// The text of a file.
public func text(ofFile path: String) throws(TestSupportError) -> String {
  String(decoding: try bytes(ofFile: path), as: UTF8.self)
}
