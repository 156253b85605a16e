/// Collects an HTTP head out of a stream that may be split anywhere, and stops behind its empty line.
public struct HeadReader: Sendable {
  private var bytes: [UInt8] = []
  private let limit: Int

  /// - Parameter limit: the most bytes that a head may have, its empty line included.
  public init(limit: Int) {
    self.limit = limit
    bytes.reserveCapacity(min(max(0, limit), 512))  // most heads, without growing line by line
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
    while index < input.count {
      guard bytes.count < limit else { throw .headTooLarge(limit: limit) }
      let end = index + min(input.count - index, limit - bytes.count)
      let isLineWhole = take(input, from: &index, to: end)
      if isLineWhole, endsHead { return bytes }
    }
    return nil
  }

  /// Takes a line, as much of it as stands before `end`.
  ///
  /// - Returns: whether it is whole.
  private mutating func take(_ input: Span<UInt8>, from index: inout Int, to end: Int) -> Bool {
    let start = index
    while index < end, input[index] != ASCII.lf { index += 1 }
    let isWhole = index < end
    if isWhole { index += 1 }
    let line = input.extracting(start..<index)
    bytes.append(addingCapacity: line.count) { free in
      for i in line.indices { free.append(line[i]) }
    }
    return isWhole
  }

  /// The last line is empty.
  private var endsHead: Bool {
    let count = bytes.count
    return count >= 4 && bytes[count - 4] == ASCII.cr && bytes[count - 3] == ASCII.lf && bytes[count - 2] == ASCII.cr
  }
}

/// A head, taken apart: its first line and its fields.
struct Head {
  var firstLine: ArraySlice<UInt8>
  var fields: [HeaderField] = []

  /// - Parameter bytes: a whole head, with the empty line at its end.
  init(_ bytes: [UInt8]) throws(HandshakeViolation) {
    firstLine = []
    fields.reserveCapacity(6)  // as many as an answer to an opening handshake has, mostly
    var start = 0
    while let end = bytes[start...].firstIndex(of: ASCII.lf) {
      guard end > start, bytes[end - 1] == ASCII.cr else {
        throw start == 0 ? .notHTTP : .malformedField
      }
      let line = bytes[start..<(end - 1)]
      start = end + 1
      guard !line.isEmpty else { continue }
      guard !firstLine.isEmpty else {
        firstLine = line
        continue
      }
      do throws(HandshakeTextError) {
        fields.append(try HeaderField(line))
      } catch {
        throw .malformedField
      }
    }
    guard !firstLine.isEmpty else { throw .notHTTP }
  }
}
