/// Collects an HTTP head out of a stream that may be split anywhere, and stops behind its empty line.
///
/// Lines end in CR LF. Those of a response may end in LF alone (RFC 9112 2.2), since many small servers send them. Those of a
/// request may not: programs that read one request in two ways let attackers in.
public struct HeadReader: Sendable {
  private var bytes: [UInt8] = []
  /// Where the last line begins.
  private var lineStart = 0
  private let limit: Int
  private let isResponse: Bool

  /// - Parameters:
  ///   - limit: the most bytes that a head may have, its empty line included.
  ///   - isResponse: take lines that end in LF alone.
  public init(limit: Int, isResponse: Bool = false) {
    self.limit = limit
    self.isResponse = isResponse
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
  /// - Throws: `headTooLarge`; in a request, `notHTTP` or `malformedField` for a line that ends in LF alone.
  public mutating func read(_ input: Span<UInt8>, from index: inout Int) throws(HandshakeViolation) -> [UInt8]? {
    while index < input.count {
      guard bytes.count < limit else { throw .headTooLarge(limit: limit) }
      let end = index + min(input.count - index, limit - bytes.count)
      if take(input, from: &index, to: end), try endsHead() { return bytes }
    }
    return nil
  }

  /// Takes a line, as much of it as stands before `end`.
  ///
  /// - Returns: whether it is whole.
  private mutating func take(_ input: Span<UInt8>, from index: inout Int, to end: Int) -> Bool {
    let start = index
    var next = start
    while next < end, input[next] != ASCII.lf { next += 1 }
    let isWhole = next < end
    index = isWhole ? next + 1 : next
    let line = input.extracting(start..<index)
    bytes.append(addingCapacity: line.count) { free in
      for i in line.indices { free.append(line[i]) }
    }
    return isWhole
  }

  /// The last line is whole. An empty one ends the head, but for the very first (RFC 9112 2.2).
  private mutating func endsHead() throws(HandshakeViolation) -> Bool {
    let start = lineStart
    let count = bytes.count
    lineStart = count
    let hasCR = count >= start + 2 && bytes[count - 2] == ASCII.cr
    guard hasCR || isResponse else { throw start == 0 ? .notHTTP : .malformedField }
    return start > 0 && count - start == (hasCR ? 2 : 1)
  }
}

/// A head, taken apart: its first line and its fields.
struct Head {
  var firstLine: ArraySlice<UInt8>
  var fields: [HeaderField] = []
  /// A response has lines that are no fields. They are not among the fields.
  var hasMalformedField = false

  /// - Parameters:
  ///   - bytes: a whole head, with the empty line at its end.
  ///   - isResponse: take lines that end in LF alone, put folded ones together (RFC 9112 5.2), and pass over those that are no
  ///     fields.
  init(_ bytes: [UInt8], isResponse: Bool = false) throws(HandshakeViolation) {
    firstLine = []
    fields.reserveCapacity(6)  // as many as an answer to an opening handshake has, mostly
    var start = 0
    while let end = bytes[start...].firstIndex(of: ASCII.lf) {
      let hasCR = end > start && bytes[end - 1] == ASCII.cr
      guard hasCR || isResponse else { throw start == 0 ? .notHTTP : .malformedField }
      let line = bytes[start..<(hasCR ? end - 1 : end)]
      start = end + 1
      guard let first = line.first else { continue }
      guard !firstLine.isEmpty else {
        firstLine = line
        continue
      }
      if isResponse, first == ASCII.space || first == ASCII.tab {
        unfold(line)
        continue
      }
      do throws(HandshakeTextError) {
        fields.append(try HeaderField(line))
        isFieldOpen = true
      } catch {
        guard isResponse else { throw .malformedField }
        hasMalformedField = true
        isFieldOpen = false
      }
    }
    guard !firstLine.isEmpty else { throw .notHTTP }
  }

  /// The last line is a field, which the next may go on with.
  private var isFieldOpen = false

  /// Puts a line behind the field's that it goes on with; in place of the fold there is a space.
  private mutating func unfold(_ line: ArraySlice<UInt8>) {
    let rest = Array(ASCII.trimmed(line))
    guard isFieldOpen, ASCII.isFieldValue(rest) else {
      hasMalformedField = true
      return
    }
    guard !rest.isEmpty else { return }
    let last = fields.count - 1
    if !fields[last].value.isEmpty { fields[last].value.append(ASCII.space) }
    fields[last].value += rest
  }
}
