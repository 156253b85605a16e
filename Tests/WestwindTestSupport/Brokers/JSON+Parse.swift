extension JSON {
  /// Reads a text that is one value.
  public init(parsing text: String) throws(TestSupportError) {
    var reader = JSONReader(Array(text.utf8))
    self = try reader.value()
    reader.skipSpace()
    guard reader.isAtEnd else { throw reader.error("nothing more") }
  }
}

/// Takes values off the front of a text.
private struct JSONReader {
  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { index == bytes.count }

  func error(_ wanted: String) -> TestSupportError {
    TestSupportError("JSON: \(wanted) expected at \(index) of \(String(decoding: bytes.prefix(200), as: UTF8.self))")
  }

  mutating func skipSpace() {
    while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
  }

  mutating func value() throws(TestSupportError) -> JSON {
    skipSpace()
    guard index < bytes.count else { throw error("a value") }
    switch bytes[index] {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }

  private mutating func word(_ text: String, _ value: JSON) throws(TestSupportError) -> JSON {
    guard bytes[index...].starts(with: text.utf8) else { throw error(text) }
    index += text.utf8.count
    return value
  }

  private mutating func number() throws(TestSupportError) -> JSON {
    let characters = bytes[index...].prefix { "+-.0123456789Ee".utf8.contains($0) }
    guard let value = Double(String(decoding: characters, as: UTF8.self)) else { throw error("a number") }
    index += characters.count
    return .number(Int(value))
  }

  private mutating func array() throws(TestSupportError) -> JSON {
    index += 1
    var values: [JSON] = []
    if take("]") { return .array([]) }
    repeat { values.append(try value()) } while take(",")
    guard take("]") else { throw error("]") }
    return .array(values)
  }

  private mutating func object() throws(TestSupportError) -> JSON {
    index += 1
    var members: [String: JSON] = [:]
    if take("}") { return .object([:]) }
    repeat {
      skipSpace()
      let name = try string()
      guard take(":") else { throw error(":") }
      members[name] = try value()
    } while take(",")
    guard take("}") else { throw error("}") }
    return .object(members)
  }

  private mutating func string() throws(TestSupportError) -> String {
    guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { throw error("a string") }
    index += 1
    var units: [UInt8] = []
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
      case UInt8(ascii: "\\"): units += try escape().utf8
      default: units.append(byte)
      }
    }
    throw error("the end of a string")
  }

  private mutating func escape() throws(TestSupportError) -> String {
    guard index < bytes.count else { throw error("an escape") }
    let byte = bytes[index]
    index += 1
    switch byte {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "u"):
      var units = [try unit()]
      // a character beyond 16 bits is two escapes
      if UTF16.isLeadSurrogate(units[0]), bytes[index...].starts(with: "\\u".utf8) {
        index += 2
        units.append(try unit())
      }
      return String(decoding: units, as: UTF16.self)
    default: return String(decoding: [byte], as: UTF8.self)
    }
  }

  private mutating func unit() throws(TestSupportError) -> UInt16 {
    guard let unit = UInt16(String(decoding: bytes[index...].prefix(4), as: UTF8.self), radix: 16) else {
      throw error("four digits")
    }
    index += 4
    return unit
  }
}
