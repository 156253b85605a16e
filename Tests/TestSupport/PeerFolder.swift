import Glibc

/// A folder of a peer's, for its certificate and its configuration.
public struct PeerFolder: Sendable {
  public let path: String

  /// - Parameter name: begins the folder's name, behind `westwind-`.
  public init(_ name: String = "peer") throws(TestSupportError) {
    var template = Array("/tmp/westwind-\(name)-XXXXXX".utf8CString)
    guard let path = mkdtemp(&template) else { throw TestSupportError("mkdtemp: \(errorText())") }
    self.path = String(cString: path)
  }

  /// Writes a file. Gives back its path.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String) throws(TestSupportError) -> String {
    let file = path + "/" + name
    guard let stream = fopen(file, "we") else { throw TestSupportError("cannot write \(file): \(errorText())") }
    let count = fwrite(bytes, 1, bytes.count, stream)
    guard fclose(stream) == 0, count == bytes.count else { throw TestSupportError("cannot write \(file)") }
    return file
  }

  /// What a file of the folder holds; nothing where there is none.
  public func read(_ name: String) -> [UInt8] {
    guard let stream = fopen(path + "/" + name, "re") else { return [] }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, stream)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// Removes it with all that is in it. May be called again.
  public func remove() {
    _ = try? ChildProcess.run("/bin/rm", ["-rf", path])
  }
}
