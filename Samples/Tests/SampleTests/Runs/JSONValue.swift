import SampleTestSupport

/// A JSON text (RFC 8259) taken apart, strictly: what a program that reads the sample's output would accept.
enum JSONValue: Equatable {
  case object([String: JSONValue])
  case string(String)
  case number(Double)

  init(parsing text: String) throws {
    var reader = Reader(rest: Array(text.unicodeScalars)[...])
    self = try reader.value()
    guard reader.next(skippingSpaces: true) == nil else { throw TestSupportError("text behind the value: \(text)") }
  }

  subscript(_ name: String) -> JSONValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  var number: Double? {
    if case .number(let value) = self { value } else { nil }
  }

  var string: String? {
    if case .string(let value) = self { value } else { nil }
  }

  var names: [String] {
    if case .object(let members) = self { members.keys.sorted() } else { [] }
  }
}

extension JSONValue {
  private struct Reader {
    var rest: ArraySlice<Unicode.Scalar>

    mutating func next(skippingSpaces: Bool) -> Unicode.Scalar? {
      while skippingSpaces, let first = rest.first, first == " " || first == "\n" { rest.removeFirst() }
      return rest.popFirst()
    }

    mutating func expect(_ scalar: Unicode.Scalar) throws {
      guard next(skippingSpaces: true) == scalar else { throw TestSupportError("JSON: '\(scalar)' is missing") }
    }

    mutating func value() throws -> JSONValue {
      switch next(skippingSpaces: true) {
      case "{": return try object()
      case "\"": return .string(try string())
      case let first? where first == "-" || ("0"..."9").contains(first):
        var digits = String(first)
        while let scalar = rest.first, "+-.eE0123456789".unicodeScalars.contains(scalar) {
          digits.unicodeScalars.append(rest.removeFirst())
        }
        guard let number = Double(digits) else { throw TestSupportError("JSON: no number: \(digits)") }
        return .number(number)
      default: throw TestSupportError("JSON: no value")
      }
    }

    mutating func object() throws -> JSONValue {
      var members: [String: JSONValue] = [:]
      while true {
        try expect("\"")
        let name = try string()
        try expect(":")
        guard members.updateValue(try value(), forKey: name) == nil else {
          throw TestSupportError("JSON: '\(name)' twice")
        }
        switch next(skippingSpaces: true) {
        case ",": continue
        case "}": return .object(members)
        default: throw TestSupportError("JSON: the object does not end")
        }
      }
    }

    /// What follows the opening quotation mark.
    mutating func string() throws -> String {
      var result = String.UnicodeScalarView()
      while let scalar = next(skippingSpaces: false) {
        switch scalar {
        case "\"": return String(result)
        case "\\": result.append(try escaped())
        case "\0"..<" ": throw TestSupportError("JSON: a control character in a string")
        default: result.append(scalar)
        }
      }
      throw TestSupportError("JSON: the string does not end")
    }

    mutating func escaped() throws -> Unicode.Scalar {
      switch next(skippingSpaces: false) {
      case "\"": return "\""
      case "\\": return "\\"
      case "n": return "\n"
      case "r": return "\r"
      case "t": return "\t"
      case "u":
        let digits = String(String.UnicodeScalarView(rest.prefix(4)))
        rest = rest.dropFirst(4)
        guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else { fallthrough }
        return scalar
      default: throw TestSupportError("JSON: unknown escape")
      }
    }
  }
}
