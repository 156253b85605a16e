// What every fuzz target shares: how an input is cut into pieces, and how a finding is reported.
//
// The first byte of an input seeds the cuts; the bytes behind it are the stream.

/// A stream of bytes, whole or in pieces as a network may deliver it.
struct Stream {
  let seed: UInt8
  let bytes: [UInt8]

  init(_ data: UnsafePointer<UInt8>?, _ count: Int) {
    let all = UnsafeBufferPointer(start: data, count: count)
    seed = all.first ?? 0
    bytes = Array(all.dropFirst())
  }

  /// The stream in one piece, byte by byte, and in random pieces, some of them empty.
  var segmentations: [[Range<Int>]] { [[bytes.indices], bytes.indices.map { $0..<($0 + 1) }, randomPieces] }

  private var randomPieces: [Range<Int>] {
    var random = SeededGenerator(seed: UInt64(seed))
    let longest = Int.random(in: 1...64, using: &random)
    var pieces: [Range<Int>] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 0...longest, using: &random))
      pieces.append(start..<end)
      start = end
    }
    return pieces
  }
}

/// Ends the run with a finding where `isTrue` is not.
func require(_ isTrue: Bool, _ what: @autoclosure () -> String) {
  if !isTrue { fatalError(what()) }
}

/// Ends the run with a finding where the outcomes of the same stream in other pieces are not the same.
func requireSame<Outcome: Equatable>(_ outcomes: [Outcome]) {
  for outcome in outcomes where outcome != outcomes[0] {
    fatalError("other pieces, other outcome:\n\(outcomes[0])\n\(outcome)")
  }
}

// MARK: An oracle

/// A frame's header as RFC 6455 5.2 draws it, read and judged by nothing of the library's.
struct Drawn: Equatable {
  /// FIN, RSV1 to RSV3 and the opcode.
  var first: UInt8
  var key: [UInt8]?
  var length: UInt64

  var isFinal: Bool { first & 0x80 != 0 }
  var reservedBits: UInt8 { first >> 4 & 7 }
  var opcode: UInt8 { first & 15 }

  /// The payload without its mask, which begins at its first byte.
  func unmasked(_ payload: some Collection<UInt8>) -> [UInt8] {
    guard let key else { return Array(payload) }
    return payload.enumerated().map { i, byte in byte ^ key[i % 4] }
  }
}

enum DrawnHeader {
  case header(Drawn, end: Int)
  case notWhole
  case lengthNotMinimal
  case lengthTopBitSet
}

func readHeader(_ bytes: [UInt8], from start: Int) -> DrawnHeader {
  guard bytes.count >= start + 2 else { return .notWhole }
  var length = UInt64(bytes[start + 1] & 0x7F)
  var end = start + 2
  let extended = length == 126 ? 2 : length == 127 ? 8 : 0
  if extended > 0 {
    guard bytes.count >= end + extended else { return .notWhole }
    length = bytes[end..<(end + extended)].reduce(0) { $0 << 8 | UInt64($1) }
    end += extended
    if length < (extended == 2 ? 126 : 65536) { return .lengthNotMinimal }
    if length >= 1 << 63 { return .lengthTopBitSet }
  }
  var key: [UInt8]?
  if bytes[start + 1] >= 0x80 {
    guard bytes.count >= end + 4 else { return .notWhole }
    key = Array(bytes[end..<(end + 4)])
    end += 4
  }
  return .header(Drawn(first: bytes[start], key: key, length: length), end: end)
}

/// Whether bytes are the beginning of text in UTF-8, or all of one.
func isText(_ bytes: [UInt8], whole: Bool) -> Bool {
  // What completes any character that is cut, by RFC 3629 4.
  let endings: [[UInt8]] = [[], [0x80], [0x80, 0x80], [0x80, 0x80, 0x80], [0xA0, 0x80], [0x90, 0x80, 0x80]]
  return (whole ? [[]] : endings).contains { String(validating: bytes + $0, as: UTF8.self) != nil }
}

/// Whether a CLOSE frame may have this body (RFC 6455 5.5.1, 7.4).
func isCloseBody(_ body: [UInt8]) -> Bool {
  guard body.count >= 2 else { return body.isEmpty }
  let code = Int(body[0]) << 8 | Int(body[1])
  let isRegistered = (1000...1014).contains(code) && ![1004, 1005, 1006].contains(code)
  return (isRegistered || (3000...4999).contains(code)) && isText(Array(body[2...]), whole: true)
}
