import Glibc

/// The package's root folder: the one that has Package.swift and Kconfig.
let packageRoot = String(#filePath.dropLast("/Tests/BuildConfigurationTests/PackageFiles.swift".count))

/// The text of a file; nil when it cannot be read.
func text(of path: String) -> String? {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return nil }
  defer { close(descriptor) }
  return String(decoding: readToEnd(descriptor), as: UTF8.self)
}

/// A folder for one test, gone after it.
struct TemporaryFolder: ~Copyable {
  let path: String

  init() throws {
    var template = Array("/tmp/westwind-configuration-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw ChildProcessError(call: "mkdtemp", code: errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit {
    _ = try? run(["rm", "-rf", path])
  }

  /// Writes a file and returns its path.
  func write(_ name: String, _ text: String) throws -> String {
    let path = "\(path)/\(name)"
    guard let file = fopen(path, "we") else { throw ChildProcessError(call: "fopen \(path)", code: errno) }
    defer { fclose(file) }
    guard fputs(text, file) >= 0 else { throw ChildProcessError(call: "fputs", code: errno) }
    return path
  }
}

/// The assignments of a configuration file as text, `n` for a symbol that is not set.
///
/// Its own few lines, not the generator's parser, so that the two check each other.
func assignments(in config: String) -> [String: String] {
  var values: [String: String] = [:]
  for line in config.split(separator: "\n") {
    if line.hasPrefix("CONFIG_"), let equals = line.firstIndex(of: "=") {
      values[String(line[..<equals].dropFirst(7))] = String(line[line.index(after: equals)...])
    } else if line.hasPrefix("# CONFIG_"), line.hasSuffix(" is not set") {
      values[String(line.dropFirst(9).dropLast(11))] = "n"
    }
  }
  return values
}
