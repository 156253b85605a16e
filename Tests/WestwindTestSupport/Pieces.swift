extension RandomNumberGenerator {
  public mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
  }
}

extension [UInt8] {
  /// The bytes in pieces: cut before each of the positions, which are in ascending order.
  public func cut(at positions: [Int]) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    for position in positions + [count] {
      pieces.append(Array(self[start..<position]))
      start = position
    }
    return pieces
  }

  public var cutAtEveryByte: [[UInt8]] { map { [$0] } }
}
