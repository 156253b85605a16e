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
