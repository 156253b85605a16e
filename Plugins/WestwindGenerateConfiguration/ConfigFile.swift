/// A place in a configuration file and what is wrong there.
struct LineError: Error {
  let path: String
  let line: Int
  let message: String

  var description: String { "\(path):\(line): error: \(message)" }
}

/// One assignment of a configuration file.
struct Assignment {
  let line: Int
  /// The symbol without `CONFIG_`.
  let symbol: String
  let value: Value
}

/// Reads the assignments of a configuration file, in order.
///
/// The form is Kconfig's own: `CONFIG_X=y`, `=10`, `=0x10`, `="text"`, and `# CONFIG_X is not set` for a bool that is
/// off. Other lines that begin with `#`, and empty ones, say nothing.
///
/// - Parameters:
///   - path: The file's name, for errors.
///   - kinds: A value of each symbol's type, where types are known; then a value of another type is an error.
func parseConfig(_ bytes: [UInt8], path: String, kinds: [String: Value] = [:]) throws(LineError) -> [Assignment] {
  var assignments: [Assignment] = []
  var number = 0
  for lineBytes in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
    number += 1
    guard let whole = String(validating: lineBytes, as: UTF8.self) else {
      throw LineError(path: path, line: number, message: "not UTF-8")
    }
    var line = whole[...]
    while let last = line.last, last == " " || last == "\t" || last == "\r" { line.removeLast() }

    do throws(Malformed) {
      guard let (symbol, text) = try split(line) else { continue }
      let kind = kinds[symbol]
      guard let value = Value(text, like: kind), kind.map(value.hasType(of:)) ?? true else {
        throw Malformed("CONFIG_\(symbol) takes \(kind?.expectation ?? "y, n, a number or a quoted string")")
      }
      assignments.append(Assignment(line: number, symbol: symbol, value: value))
    } catch {
      throw LineError(path: path, line: number, message: "\(error.reason); the line is '\(line)'")
    }
  }
  return assignments
}

private struct Malformed: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// Splits a line into its symbol and the text of its value; nil for a line that says nothing.
private func split(_ line: Substring) throws(Malformed) -> (symbol: String, value: Substring)? {
  let prefix = "CONFIG_"
  let comment = "# "
  let notSet = " is not set"

  let symbol: Substring
  let value: Substring
  if line.hasPrefix(comment + prefix), line.hasSuffix(notSet) {
    symbol = line.dropFirst(comment.count + prefix.count).dropLast(notSet.count)
    value = "n"
  } else if line.isEmpty || line.hasPrefix("#") {
    return nil
  } else if line.hasPrefix(prefix), let equals = line.firstIndex(of: "=") {
    symbol = line[..<equals].dropFirst(prefix.count)
    value = line[line.index(after: equals)...]
  } else {
    throw Malformed("expected CONFIG_SYMBOL=value, '# CONFIG_SYMBOL is not set' or a comment")
  }
  // The symbol becomes a Swift name, so it must be one.
  let isName = symbol.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
    default: false
    }
  }
  guard isName, let first = symbol.first, !first.isNumber else {
    throw Malformed("'\(symbol)' is no symbol: capital letters, digits and _ only")
  }
  return (String(symbol), value)
}
