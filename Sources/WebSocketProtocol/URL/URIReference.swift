/// A URI, or a reference relative to one, cut into its five parts (RFC 3986 3 and 4.1).
///
///     ws://user:word@example.org:9001/chat?room=1#end
///     scheme  authority               path query  fragment
///
/// Any text can be cut, as in RFC 3986 appendix B, and nothing is lost by it. What the parts may hold is for whoever
/// uses them to check.
package struct URIReference: Sendable, Hashable {
  /// In lower case; nil for a relative reference.
  package var scheme: [UInt8]?
  /// What stands between `//` and the path; nil where there is no `//`.
  package var authority: [UInt8]?
  package var path: [UInt8]
  /// What follows `?`.
  package var query: [UInt8]?
  /// What follows `#`.
  package var fragment: [UInt8]?

  package init(_ text: [UInt8]) {
    var rest = text[...]
    scheme = Self.takeScheme(&rest)
    if let number = rest.firstIndex(of: ASCII.numberSign) {
      fragment = Array(rest[(number + 1)...])
      rest = rest[..<number]
    }
    if let mark = rest.firstIndex(of: ASCII.questionMark) {
      query = Array(rest[(mark + 1)...])
      rest = rest[..<mark]
    }
    if rest.count >= 2, rest.prefix(2).allSatisfy({ $0 == ASCII.slash }) {
      rest = rest.dropFirst(2)
      let end = rest.firstIndex(of: ASCII.slash) ?? rest.endIndex
      authority = Array(rest[..<end])
      rest = rest[end...]
    }
    path = Array(rest)
  }

  /// A letter, then letters, digits, `+`, `-` and `.`, then a colon (RFC 3986 3.1).
  private static func takeScheme(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard let colon = rest.firstIndex(of: ASCII.colon), let first = rest.first, ASCII.isLetter(first),
      rest[..<colon].allSatisfy({ ASCII.isLetter($0) || ASCII.isDigit($0) || [0x2B, 0x2D, 0x2E].contains($0) })
    else { return nil }
    defer { rest = rest[(colon + 1)...] }
    return rest[..<colon].map(ASCII.lowercased)
  }
}
