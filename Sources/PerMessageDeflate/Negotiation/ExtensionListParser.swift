/// Reads the value of one `Sec-WebSocket-Extensions` field (RFC 6455 9.1). White space may stand around every
/// separator, as in all of HTTP's older grammars.
struct ExtensionListParser {
  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// - Returns: nil where the text is not of the grammar.
  mutating func list() -> [WebSocketExtension]? {
    var list: [WebSocketExtension] = []
    while true {
      skipBlanks()
      if index < bytes.count, bytes[index] != UInt8(ascii: ",") {
        guard let element = element() else { return nil }
        list.append(element)
      }
      guard index < bytes.count else { return list }
      guard take(UInt8(ascii: ",")) else { return nil }
    }
  }

  private mutating func element() -> WebSocketExtension? {
    guard let name = token() else { return nil }
    var result = WebSocketExtension(name)
    while takeAmongBlanks(UInt8(ascii: ";")) {
      guard let name = token() else { return nil }
      guard takeAmongBlanks(UInt8(ascii: "=")) else {
        result.parameters.append(.init(name))
        continue
      }
      guard let value = index < bytes.count && bytes[index] == UInt8(ascii: "\"") ? quotedToken() : token() else {
        return nil
      }
      result.parameters.append(.init(name, value))
    }
    return result
  }

  private mutating func token() -> String? {
    let start = index
    while index < bytes.count, Self.isTokenByte(bytes[index]) { index += 1 }
    return start == index ? nil : String(decoding: bytes[start..<index], as: UTF8.self)
  }

  /// A quoted string, which has to be a token once its quotes and escapes are off (RFC 6455 9.1).
  private mutating func quotedToken() -> String? {
    index += 1
    var value: [UInt8] = []
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      if bytes[index] == UInt8(ascii: "\\") { index += 1 }
      guard index < bytes.count, Self.isTokenByte(bytes[index]) else { return nil }
      value.append(bytes[index])
      index += 1
    }
    guard take(UInt8(ascii: "\"")), !value.isEmpty else { return nil }
    return String(decoding: value, as: UTF8.self)
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard index < bytes.count, bytes[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func takeAmongBlanks(_ byte: UInt8) -> Bool {
    skipBlanks()
    guard take(byte) else { return false }
    skipBlanks()
    return true
  }

  private mutating func skipBlanks() {
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
  }

  /// RFC 9110 5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: true
    default: false
    }
  }
}
