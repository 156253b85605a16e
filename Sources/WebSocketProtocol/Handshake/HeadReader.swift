/// Collects an HTTP head out of a stream that may be split anywhere, and stops behind its empty line.
public struct HeadReader: Sendable {
  private var bytes: [UInt8] = []
  private let limit: Int

  /// - Parameter limit: the most bytes that a head may have, its empty line included.
  public init(limit: Int) {
    self.limit = limit
  }

  /// How many bytes have been taken so far.
  public var count: Int { bytes.count }

  /// Takes what has arrived.
  ///
  /// - Parameters:
  ///   - input: what has arrived.
  ///   - index: the first byte to take; moved behind the last one taken. Bytes behind the head stay.
  /// - Returns: the head once it is whole, its empty line included; nil when more is needed.
  /// - Throws: `headTooLarge`.
  public mutating func read(_ input: Span<UInt8>, from index: inout Int) throws(HandshakeViolation) -> [UInt8]? {
    if bytes.isEmpty { bytes.reserveCapacity(min(input.count - index, limit)) }
    while index < input.count {
      guard bytes.count < limit else { throw .headTooLarge(limit: limit) }
      let byte = input[index]
      bytes.append(byte)
      index += 1
      if byte == ASCII.lf, endsHead { return bytes }
    }
    return nil
  }

  /// The last line is empty.
  private var endsHead: Bool {
    let count = bytes.count
    return count >= 4 && bytes[count - 4] == ASCII.cr && bytes[count - 3] == ASCII.lf && bytes[count - 2] == ASCII.cr
  }
}

/// A head, taken apart: its first line and its fields.
struct Head {
  var firstLine: [UInt8]
  var fields: [HeaderField]

  /// - Parameter bytes: a whole head, with the empty line at its end.
  init(_ bytes: [UInt8]) throws(HandshakeViolation) {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: ASCII.lf) {
      guard end > start, bytes[end - 1] == ASCII.cr else {
        throw start == 0 ? .notHTTP : .malformedField
      }
      if end - 1 > start { lines.append(bytes[start..<(end - 1)]) }
      start = end + 1
    }
    guard let first = lines.first else { throw .notHTTP }
    firstLine = Array(first)
    fields = []
    for line in lines.dropFirst() {
      do throws(HandshakeTextError) {
        fields.append(try HeaderField(line: Array(line)))
      } catch {
        throw .malformedField
      }
    }
  }
}
