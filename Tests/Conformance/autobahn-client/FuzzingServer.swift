import ArgumentParser

/// Where a fuzzing server listens, and the resources by which a client drives it.
struct FuzzingServer: ExpressibleByArgument {
  let host: String
  let port: UInt16
  let isSecure: Bool
  /// The file with the certificate that a secure server shows, or its authority's; nil for the system's authorities.
  var authorities: String?

  /// `ws://HOST[:PORT]` or `wss://HOST[:PORT]`, with an optional slash at the end.
  init?(argument: String) {
    isSecure = argument.hasPrefix("wss://")
    guard isSecure || argument.hasPrefix("ws://") else { return nil }
    var rest = argument.dropFirst(isSecure ? 6 : 5)
    if rest.last == "/" { rest = rest.dropLast() }
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard !parts[0].isEmpty, !rest.contains("/") else { return nil }
    host = String(parts[0])
    guard parts.count == 2 else {
      port = isSecure ? 443 : 80
      return
    }
    guard let number = UInt16(parts[1]), number > 0 else { return nil }
    port = number
  }

  func caseCount() throws -> Int {
    let answer = try ask("/getCaseCount")
    guard let count = Int(answer) else {
      throw Failure("\(host):\(port) is no fuzzing server: it counts its cases as '\(answer)'")
    }
    return count
  }

  /// The id of case `number`, such as `5.15`.
  func caseID(_ number: Int) throws -> String {
    let answer = try ask("/getCaseInfo?case=\(number)")
    guard let id = stringField("id", ofJSON: answer) else {
      throw Failure("the server describes case \(number) as '\(answer)'")
    }
    return id
  }

  func runCase(_ number: Int, agent: String) throws {
    try echoUntilClosed("/runCase?case=\(number)&agent=\(percentEncoded(agent))")
  }

  /// Has the server write its reports; returns when it has.
  func updateReports(agent: String) throws {
    try echoUntilClosed("/updateReports?agent=\(percentEncoded(agent))")
  }
}

/// What went wrong, in one line.
struct Failure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// The value of a string field in a flat JSON object. Ids of cases have nothing to unescape.
private func stringField(_ name: String, ofJSON text: String) -> String? {
  let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
  guard let at = parts.firstIndex(of: name[...]), at + 2 < parts.count else { return nil }
  guard parts[at + 1].filter({ $0 != " " }) == ":" else { return nil }
  return String(parts[at + 2])
}

/// RFC 3986 2.1: everything but the unreserved characters as `%XX`.
private func percentEncoded(_ text: String) -> String {
  var encoded = ""
  for byte in text.utf8 {
    let character = Character(Unicode.Scalar(byte))
    if character.isASCII, character.isLetter || character.isNumber || "-._~".contains(character) {
      encoded.append(character)
    } else {
      let digits = String(byte, radix: 16, uppercase: true)
      encoded += digits.count == 1 ? "%0" + digits : "%" + digits
    }
  }
  return encoded
}
