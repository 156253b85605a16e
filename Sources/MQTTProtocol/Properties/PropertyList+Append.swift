extension PropertyList {
  /// Why a property was not written. Nothing was.
  public enum AppendError: Error, Sendable, Hashable {
    /// The property has values of another kind.
    case wrongKind(PropertyID)
    /// A number that the property cannot have.
    case value(PropertyID, UInt32)
    /// More bytes than the length in front can say: 65535.
    case tooLong(PropertyID, Int)
    /// The output has less room than these bytes.
    case noRoom(needed: Int)
  }

  /// Writes a property with a number behind those that `out` holds.
  ///
  /// Whether the property has its place in the packet, and text that it is text, is checked when the packet is encoded.
  public static func append(
    _ id: PropertyID, _ value: UInt32, to out: inout OutputSpan<UInt8>
  ) throws(AppendError) {
    guard let definition = PropertyDefinition(id) else { throw .wrongKind(id) }
    let length: Int
    switch definition.kind {
    case .byte: length = 1
    case .twoByteInteger: length = 2
    case .fourByteInteger: length = 4
    case .variableByteInteger: length = VariableByteInteger.encodedLength(Int(value & 0x0FFF_FFFF))
    case .text, .binary, .textPair: throw .wrongKind(id)
    }
    guard definition.range.contains(value) else { throw .value(id, value) }
    try begin(id, length, to: &out)
    switch definition.kind {
    case .byte: out.append(UInt8(truncatingIfNeeded: value))
    case .twoByteInteger: out.append(UInt16(truncatingIfNeeded: value))
    case .variableByteInteger: VariableByteInteger.append(Int(value), to: &out)
    default: out.append(value)
    }
  }

  /// Writes a property with text or binary data.
  public static func append(
    _ id: PropertyID, _ value: Span<UInt8>, to out: inout OutputSpan<UInt8>
  ) throws(AppendError) {
    guard let kind = PropertyDefinition(id)?.kind, kind == .text || kind == .binary else { throw .wrongKind(id) }
    guard value.count <= 0xFFFF else { throw .tooLong(id, value.count) }
    try begin(id, 2 + value.count, to: &out)
    out.appendField(value)
  }

  /// Writes a user property.
  public static func appendUserProperty(
    name: Span<UInt8>, value: Span<UInt8>, to out: inout OutputSpan<UInt8>
  ) throws(AppendError) {
    guard max(name.count, value.count) <= 0xFFFF else { throw .tooLong(.userProperty, max(name.count, value.count)) }
    try begin(.userProperty, 4 + name.count + value.count, to: &out)
    out.appendField(name)
    out.appendField(value)
  }

  /// Writes all of these but those with one name; there must be room.
  package func append(to out: inout OutputSpan<UInt8>, without id: PropertyID) {
    var reader = makeReader()
    var start = 0
    while let property = reader.next() {
      let end = encoded.count - reader.remaining
      if property.id != id { out.append(encoded.extracting(start..<end)) }
      start = end
    }
  }

  private static func begin(_ id: PropertyID, _ length: Int, to out: inout OutputSpan<UInt8>) throws(AppendError) {
    guard out.freeCapacity >= 1 + length else { throw .noRoom(needed: 1 + length) }
    out.append(id.rawValue)
  }
}
