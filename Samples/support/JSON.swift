/// A JSON string with its quotation marks (RFC 8259 section 7).
package func jsonString(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\r": result += "\\r"
    case "\t": result += "\\t"
    case "\0"..<" ":
      let digits = String(scalar.value, radix: 16)
      result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

/// A JSON object with its members in the order given; the values are JSON texts already.
package func jsonObject(_ members: KeyValuePairs<String, String>) -> String {
  "{" + members.map { "\(jsonString($0)): \($1)" }.joined(separator: ", ") + "}"
}
