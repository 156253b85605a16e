/// The authority of a URI, cut into its parts (RFC 3986 3.2): `user:word@[::1]:9001`.
package struct URIAuthority: Sendable, Hashable {
  /// What stands before `@`, still percent-encoded.
  package var userInfo: [UInt8]?
  /// The host, without the brackets of an IP literal.
  package var host: [UInt8]
  /// The host stood in brackets.
  package var isBracketed: Bool
  /// What follows the colon, which may be nothing; nil where there is no colon.
  package var port: [UInt8]?

  /// - Returns: nil where it cannot be cut without a guess: a second `@`, or brackets that do not close before the
  ///   port.
  package init?(_ text: [UInt8]) {
    var rest = text[...]
    if let at = rest.firstIndex(of: ASCII.at) {
      userInfo = Array(rest[..<at])
      rest = rest[(at + 1)...]
      guard !rest.contains(ASCII.at) else { return nil }
    }
    if rest.first == ASCII.openingBracket {
      guard let end = rest.firstIndex(of: ASCII.closingBracket) else { return nil }
      host = Array(rest[..<end].dropFirst())
      isBracketed = true
      rest = rest[(end + 1)...]
      guard rest.isEmpty || rest.first == ASCII.colon else { return nil }
    } else {
      let end = rest.firstIndex(of: ASCII.colon) ?? rest.endIndex
      host = Array(rest[..<end])
      isBracketed = false
      rest = rest[end...]
    }
    port = rest.isEmpty ? nil : Array(rest.dropFirst())
  }
}
