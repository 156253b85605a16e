/// Takes properties off the front of a list.
public struct PropertyReader: ~Escapable {
  private var fields: FieldReader

  @_lifetime(copy encoded)
  init(_ encoded: Span<UInt8>) {
    fields = FieldReader(encoded)
  }

  /// Bytes that were not read yet.
  var remaining: Int { fields.remaining }

  /// The next property; nil at the end, and where a list that was not checked cannot be read on.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func next() -> Property? { try? read() }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func read() throws(MQTTViolation) -> Property? {
    guard fields.remaining > 0 else { return nil }
    let number = try fields.variableByteInteger()
    guard number <= 0xFF, let definition = PropertyDefinition(PropertyID(rawValue: UInt8(number))) else {
      throw .propertyUnknown(number)
    }
    let id = PropertyID(rawValue: UInt8(number))
    switch definition.kind {
    case .byte: return .integer(id, UInt32(try fields.byte()))
    case .twoByteInteger: return .integer(id, UInt32(try fields.twoByteInteger()))
    case .fourByteInteger: return .integer(id, try fields.fourByteInteger())
    case .variableByteInteger: return .integer(id, UInt32(try fields.variableByteInteger()))
    case .text, .binary: return .bytes(id, try fields.field())
    case .textPair:
      let name = try fields.field()
      return .pair(id, name: name, value: try fields.field())
    }
  }
}
