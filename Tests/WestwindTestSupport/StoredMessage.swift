/// Messages that can be told from one another and checked by their number, for programs that are killed.
public enum StoredMessage {
  /// Bytes in front of the payload.
  public static let headSize = 6

  /// What stands in front of the payload.
  public static func head(_ identifier: UInt16) -> [UInt8] {
    [0x34, 0, 0, 0, UInt8(identifier >> 8), UInt8(truncatingIfNeeded: identifier)]
  }

  /// A message whose identifier is 0. One of ten is long.
  public static func bytes(_ number: UInt64) -> [UInt8] {
    let size = number % 10 == 0 ? 60_000 + Int(number % 7) * 10_000 : Int(number % 300)
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    return head(0) + bytes + pattern(size: size, seed: number)
  }

  /// The number of a message.
  public static func number(of message: [UInt8]) -> UInt64 {
    message.dropFirst(headSize).prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
