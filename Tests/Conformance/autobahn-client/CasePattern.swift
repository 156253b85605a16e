import ArgumentParser

/// The ids of cases as the suite's own specifications write them: `5.15`, or `9.*` for all that begin so.
struct CasePattern: ExpressibleByArgument {
  let text: String

  init?(argument: String) {
    let allowed = argument.allSatisfy { $0.isASCII && ($0.isNumber || $0 == "." || $0 == "*") }
    guard allowed, !argument.isEmpty, !argument.dropLast().contains("*") else { return nil }
    text = argument
  }

  func matches(_ id: String) -> Bool {
    text.last == "*" ? id.hasPrefix(text.dropLast()) : id == text
  }
}
