/// Writes the lines of a head.
struct HeadText {
  private(set) var bytes: [UInt8] = []

  init() {
    bytes.reserveCapacity(256)
  }

  mutating func line(_ text: String = "", _ value: [UInt8] = [], _ end: String = "") {
    bytes += text.utf8
    if !value.isEmpty { bytes += value }
    if !end.isEmpty { bytes += end.utf8 }
    bytes.append(ASCII.cr)
    bytes.append(ASCII.lf)
  }

  mutating func field(_ field: HeaderField) {
    bytes += field.name
    line(": ", field.value)
  }
}
