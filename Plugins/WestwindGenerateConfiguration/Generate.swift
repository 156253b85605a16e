/// The Swift source that declares each symbol of `defaults`, with the value that `config` gives it, if it does.
///
/// - Parameter warn: Is told of each line of `config` that has no effect.
func generate(defaults: [Assignment], config: [Assignment], warn: (_ line: Int, _ message: String) -> Void) -> String {
  var values: [String: Value] = [:]
  for assignment in defaults { values[assignment.symbol] = assignment.value }

  var lines: [String: Int] = [:]
  for assignment in config {
    let symbol = assignment.symbol
    guard values[symbol] != nil else {
      // Not an error: a .config may well be older or newer than this Kconfig.
      warn(assignment.line, "Kconfig has no symbol \(symbol); the line is ignored")
      continue
    }
    if let earlier = lines[symbol] {
      warn(assignment.line, "\(symbol) is set in line \(earlier) already; this line counts")
    }
    lines[symbol] = assignment.line
    values[symbol] = assignment.value
  }

  // Properties with a body, not `static let`: a client's optimizer sees an @inlinable body across the module boundary
  // and folds it into a constant, where a stored property would be loaded from memory.
  var source = """
    // Generated from Kconfig's values at build time. Do not edit: run Scripts/menuconfig.

    public enum BuildConfiguration {

    """
  for symbol in values.keys.sorted() {
    guard let value = values[symbol] else { continue }
    source += """
        /// The value of Kconfig's symbol `\(symbol)`.
        @inlinable public static var \(symbol): \(value.swiftType) { \(value.swiftLiteral) }

      """
  }
  return source + "}\n"
}
