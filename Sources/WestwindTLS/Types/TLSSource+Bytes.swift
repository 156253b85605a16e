internal import SystemPackage

extension TLSSource {
  /// The bytes, read from the file if it is one.
  func bytes() throws(TLSError) -> [UInt8] {
    switch self {
    case .pem(let bytes): return bytes
    case .file(let path):
      do {
        return try readFile(path)
      } catch {
        throw .badConfiguration("cannot read \(path): \((error as? Errno)?.description ?? "\(error)")")
      }
    }
  }
}

private func readFile(_ path: String) throws -> [UInt8] {
  let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
  return try file.closeAfter {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16384)
    while true {
      // Sound: the array's own memory.
      let count = try unsafe piece.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }
}
