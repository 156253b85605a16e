/// A symbol's value, as `.config` spells it.
enum Value {
  case bool(Bool)
  case int(Int)
  case hex(Int)
  case string(String)

  /// Reads what stands behind `=`; nil when that is no value of any type.
  ///
  /// - Parameter kind: The value whose type is expected, if that is known. It decides about digits without `0x`, which
  ///   Kconfig allows in a hex symbol too.
  init?(_ text: Substring, like kind: Value? = nil) {
    if text == "y" || text == "n" {
      self = .bool(text == "y")
    } else if text.hasPrefix("\"") {
      guard let string = unquoted(text) else { return nil }
      self = .string(string)
    } else if text.hasPrefix("0x") || text.hasPrefix("0X") {
      guard let number = digits(text.dropFirst(2), radix: 16) else { return nil }
      self = .hex(number)
    } else if case .hex = kind, let number = digits(text, radix: 16) {
      self = .hex(number)
    } else if text.hasPrefix("-"), let number = digits(text.dropFirst(), radix: 10) {
      self = .int(-number)
    } else if let number = digits(text, radix: 10) {
      self = .int(number)
    } else {
      return nil
    }
  }

  /// What a value of this type looks like, for an error message.
  var expectation: String {
    switch self {
    case .bool: "y or n"
    case .int: "a decimal number"
    case .hex: "a hexadecimal number"
    case .string: "a string in double quotes"
    }
  }

  func hasType(of other: Value) -> Bool {
    switch (self, other) {
    case (.bool, .bool), (.int, .int), (.hex, .hex), (.string, .string): true
    default: false
    }
  }

  var swiftType: String {
    switch self {
    case .bool: "Bool"
    case .int, .hex: "Int"
    case .string: "String"
    }
  }

  var swiftLiteral: String {
    switch self {
    case .bool(let bool): bool ? "true" : "false"
    case .int(let number): String(number)
    case .hex(let number): "0x" + String(number, radix: 16)
    case .string(let string): quoted(string)
    }
  }
}

/// A number without a sign. `Int.init` alone would take a sign here.
private func digits(_ text: Substring, radix: Int) -> Int? {
  guard let first = text.first, first != "-", first != "+" else { return nil }
  return Int(text, radix: radix)
}

/// Kconfig's strings: a backslash stands before each `"` and `\` of the value.
private func unquoted(_ text: Substring) -> String? {
  var result = ""
  var rest = text.dropFirst()
  while let character = rest.popFirst() {
    switch character {
    case "\"":
      return rest.isEmpty ? result : nil
    case "\\":
      guard let escaped = rest.popFirst() else { return nil }
      result.append(escaped)
    default:
      result.append(character)
    }
  }
  return nil
}

private func quoted(_ string: String) -> String {
  var result = "\""
  for scalar in string.unicodeScalars {
    // A control character as it stands would not compile; a backslash would begin an escape or an interpolation.
    result += scalar == "\"" || scalar == "\\" || scalar.value < 0x20 ? scalar.escaped(asASCII: true) : String(scalar)
  }
  return result + "\""
}
