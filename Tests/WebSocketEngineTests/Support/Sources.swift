import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers
import WestwindTestSupport

/// Allocates memory, and counts what is out.
final class CountingSource: BufferSource {
  /// Buffers that were taken, and how many of them are out.
  private(set) var taken = 0
  private(set) var out = 0
  /// Bytes that are out, and the most that ever were.
  private(set) var bytes = 0
  private(set) var peak = 0
  /// The most bytes that were asked for at once.
  private(set) var largest = 0

  func take(_ capacity: Int) -> Buffer {
    let buffer = Buffer(capacity: capacity)
    taken += 1
    out += 1
    bytes += buffer.capacity
    peak = max(peak, bytes)
    largest = max(largest, capacity)
    return buffer
  }

  func give(_ buffer: consuming Buffer) {
    out -= 1
    bytes -= buffer.capacity
  }
}

/// Masking keys that are the same in every run, and remembered.
struct SeededKeys: MaskingKeySource {
  private var random = SeededGenerator(seed: 6455)
  private(set) var given: [MaskingKey] = []

  mutating func next() -> MaskingKey {
    let key = MaskingKey(littleEndian: UInt32.random(in: 0...UInt32.max, using: &random))
    given.append(key)
    return key
  }
}

extension MaskingKey {
  /// The bytes in the order of the wire.
  var array: [UInt8] { (0..<4).map { self[$0] } }
}
