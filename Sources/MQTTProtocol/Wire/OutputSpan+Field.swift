extension OutputSpan where Element == UInt8 {
  @inline(__always) mutating func append(_ value: UInt16) {
    append(UInt8(truncatingIfNeeded: value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }

  mutating func append(_ value: UInt32) {
    append(UInt16(truncatingIfNeeded: value >> 16))
    append(UInt16(truncatingIfNeeded: value))
  }

  /// Copies bytes in; there must be room.
  mutating func append(_ bytes: Span<UInt8>) {
    // a call of memset's costs as much
    guard bytes.count > 16 else {
      for i in 0..<bytes.count { append(bytes[i]) }
      return
    }
    let start = count
    append(repeating: 0, count: bytes.count)
    var all = mutableSpan
    for i in 0..<bytes.count { all[start &+ i] = bytes[i] }
  }

  /// Text or binary data behind its length in two bytes (1.5.4, 1.5.6); 65535 bytes at most.
  @inline(__always) mutating func appendField(_ bytes: Span<UInt8>) {
    append(UInt16(truncatingIfNeeded: bytes.count))
    append(bytes)
  }

  /// Properties behind their length. [MQTT-2.2.2-1]: where there are none the length is zero.
  mutating func appendProperties(_ properties: borrowing PropertyList) {
    guard !properties.isEmpty else { return append(UInt8(0)) }
    VariableByteInteger.append(properties.encoded.count, to: &self)
    append(properties.encoded)
  }
}
