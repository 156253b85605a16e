/// One field of an HTTP head, as bytes: names compare without case, values have no white space at their ends.
public struct HeaderField: Sendable, Hashable {
  public var name: [UInt8]
  public var value: [UInt8]

  public init(name: [UInt8], value: [UInt8]) {
    self.name = name
    self.value = value
  }

  /// Whether this field has the name, which is given in lower case.
  public func isNamed(_ lowercased: String) -> Bool {
    ASCII.equalsIgnoringCase(name.span, lowercased)
  }

  /// Checks a line that a caller wants in the head: `Name: value`.
  ///
  /// - Parameter line: the line; a CR LF at its end is taken off, since Zephyr's callers write it.
  /// - Returns: the field.
  /// - Throws: `fieldWithoutColon`, `badFieldName` where the name is not a token, `badFieldValue` where the value holds
  ///   CR, LF, NUL or another control character (RFC 9110 5.5).
  public init(line: [UInt8]) throws(HandshakeTextError) {
    let hasEnd = line.count >= 2 && line[line.count - 2] == ASCII.cr && line[line.count - 1] == ASCII.lf
    try self.init(hasEnd ? line.dropLast(2) : line[...])
  }

  /// - Parameter line: the line, without its end.
  init(_ line: ArraySlice<UInt8>) throws(HandshakeTextError) {
    guard let colon = line.firstIndex(of: ASCII.colon) else { throw .fieldWithoutColon(Array(line)) }
    name = Array(line[..<colon])
    value = Array(ASCII.trimmed(line[(colon + 1)...]))
    try check()
  }

  /// Checks that the field may stand in a head.
  func check() throws(HandshakeTextError) {
    guard ASCII.isToken(name) else { throw .badFieldName(name) }
    guard ASCII.isFieldValue(value) else { throw .badFieldValue(name: name) }
  }
}

extension [HeaderField] {
  /// The values of all fields with the name, given in lower case.
  public func values(of lowercased: String) -> [[UInt8]] {
    filter { $0.isNamed(lowercased) }.map { $0.value }
  }

  /// The value of the one field with the name, given in lower case; nil where there is none, or more than one.
  func onlyValue(of lowercased: String) -> [UInt8]? {
    var found: Int?
    forEachIndex(of: lowercased) { found = found == nil ? $0 : -1 }
    guard let found, found >= 0 else { return nil }
    return self[found].value
  }

  /// The elements of a field that is a list: values joined, split at commas, without empty ones (RFC 9110 5.6.1).
  public func list(of lowercased: String) -> [[UInt8]] {
    var elements: [[UInt8]] = []
    forEachIndex(of: lowercased) { i in
      ASCII.forEachElement(of: self[i].value) { element in elements.append([UInt8](element)) }
    }
    return elements
  }

  /// Whether a field that is a list has the element; both are given in lower case.
  func list(of lowercased: String, has element: String) -> Bool {
    var isThere = false
    forEachIndex(of: lowercased) { i in
      ASCII.forEachElement(of: self[i].value) { isThere = isThere || ASCII.equalsIgnoringCase($0.span, element) }
    }
    return isThere
  }

  /// Calls back with the place of each field that has the name, given in lower case. The fields are looked at in place: a
  /// handshake asks for six names, and would copy each field as often.
  @inline(__always)
  private func forEachIndex(of lowercased: String, _ body: (Int) -> Void) {
    let name = lowercased.utf8.span
    let fields = span
    for i in fields.indices where ASCII.equalsIgnoringCase(fields[i].name.span, name) { body(i) }
  }
}
