/// The beginning of a body in chunks (RFC 9112 7.1), for the message of a server that refuses.
package struct ChunkedBody: Sendable, Hashable {
  /// The chunks' data, as far as it has come.
  package private(set) var data: [UInt8] = []
  /// The last chunk has come, or what came is no chunk: there is nothing more to wait for.
  package private(set) var isOver = false

  /// - Parameter bytes: the body as it came so far, from its first byte.
  package init(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while let lineEnd = rest.firstIndex(of: ASCII.lf) {
      let digits = rest[..<lineEnd].prefix { ASCII.hexValue($0) != nil }
      guard !digits.isEmpty, digits.count <= 7 else {
        isOver = true
        return
      }
      let size = digits.reduce(0) { $0 * 16 + (ASCII.hexValue($1) ?? 0) }
      rest = rest[(lineEnd + 1)...]
      guard size > 0 else {
        isOver = true
        return
      }
      data += rest.prefix(size)
      guard rest.count >= size + 2 else { return }
      rest = rest.dropFirst(size + 2)
    }
  }
}
