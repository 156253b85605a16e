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
