import Glibc

/// A folder for what a test or its peers write, until it is removed.
public struct TemporaryFolder: Sendable {
  public let path: String

  /// - Parameters:
  ///   - name: begins the folder's name, behind `westwind-`.
  ///   - parent: the folder that it is to be in.
  public init(_ name: String, in parent: String = "/tmp") throws(TestSupportError) {
    var template = Array("\(parent)/westwind-\(name)-XXXXXX".utf8CString)
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

  /// Writes a file of text. Gives back its path.
  @discardableResult
  public func write(_ text: String, to name: String) throws(TestSupportError) -> String {
    try write(Array(text.utf8), to: name)
  }

  /// What a file of the folder holds; nothing where there is none.
  public func read(_ name: String) -> [UInt8] {
    (try? bytes(ofFile: path + "/" + name)) ?? []
  }

  /// Removes it with all that is in it. May be called again.
  public func remove() {
    _ = try? ChildProcess.run("/bin/rm", ["-rf", path])
  }
}

/// Lends the path of a new folder, and removes it with what lies in it.
public func withTemporaryFolder<R>(_ name: String = "test", _ body: (String) throws -> R) throws -> R {
  let folder = try TemporaryFolder(name)
  defer { folder.remove() }
  return try body(folder.path)
}
