/// `1234567` as `1,234,567`.
package func grouped(_ number: Int) -> String {
  var digits = Array(String(number.magnitude))
  var place = digits.count - 3
  while place > 0 {
    digits.insert(",", at: place)
    place -= 3
  }
  return (number < 0 ? "-" : "") + String(digits)
}

/// A number that is not negative with exactly `digits` decimals, rounded to the nearest.
package func fixed(_ value: Double, digits: Int) -> String {
  var scale = 1
  for _ in 0..<digits { scale *= 10 }
  let scaled = (value * Double(scale)).rounded()
  guard scaled < 9e18 else { return "\(value)" }
  let (whole, part) = Int(scaled).quotientAndRemainder(dividingBy: scale)
  guard digits > 0 else { return "\(whole)" }
  let tail = String(part)
  return "\(whole)." + String(repeating: "0", count: digits - tail.count) + tail
}

/// Three significant digits: `1.23`, `12.3`, `123`.
private func short(_ value: Double) -> String {
  fixed(value, digits: value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
}

/// A number of bytes in the unit that fits: `125 B`, `11.9 MiB`.
package func byteCount(_ bytes: Double) -> String {
  let units = ["KiB", "MiB", "GiB", "TiB"]
  guard bytes >= 1024 else { return "\(fixed(bytes, digits: 0)) B" }
  var value = bytes / 1024
  var unit = 0
  while value >= 1024, unit < units.count - 1 {
    value /= 1024
    unit += 1
  }
  return "\(short(value)) \(units[unit])"
}

/// A time in the unit that fits: `12.3 µs`, `1.02 ms`, `4.00 s`.
package func time(nanoseconds: UInt64) -> String {
  let value = Double(nanoseconds)
  switch nanoseconds {
  case ..<1_000: return "\(nanoseconds) ns"
  case ..<999_500: return "\(short(value / 1e3)) µs"
  case ..<999_500_000: return "\(short(value / 1e6)) ms"
  default: return "\(short(value / 1e9)) s"
  }
}

/// A limit as the user gave it: `10 s`, `0.5 s`.
package func seconds(_ limit: Duration) -> String {
  let value = Double(limit.nanoseconds) / 1e9
  var text = fixed(value, digits: 3)
  while text.hasSuffix("0") { text.removeLast() }
  if text.hasSuffix(".") { text.removeLast() }
  return "\(text) s"
}

extension String {
  /// The text with spaces before it, so that it fills `width` columns.
  package func right(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }

  /// The text with spaces behind it, so that it fills `width` columns.
  package func left(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
