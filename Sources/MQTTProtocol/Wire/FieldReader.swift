/// Takes fields off the front of a packet's body, which is whole.
struct FieldReader: ~Escapable {
  private let bytes: Span<UInt8>
  private(set) var index = 0

  @_lifetime(copy bytes)
  init(_ bytes: Span<UInt8>) {
    self.bytes = bytes
  }

  var remaining: Int { bytes.count &- index }

  @_lifetime(self: copy self)
  mutating func byte() throws(MQTTViolation) -> UInt8 {
    guard remaining >= 1 else { throw .truncated }
    index &+= 1
    return bytes[index &- 1]
  }

  /// 1.5.2: the high byte first.
  @_lifetime(self: copy self)
  mutating func twoByteInteger() throws(MQTTViolation) -> UInt16 {
    guard remaining >= 2 else { throw .truncated }
    index &+= 2
    return UInt16(bytes[index &- 2]) << 8 | UInt16(bytes[index &- 1])
  }

  /// 1.5.3.
  @_lifetime(self: copy self)
  mutating func fourByteInteger() throws(MQTTViolation) -> UInt32 {
    let high = try twoByteInteger()
    return UInt32(high) << 16 | UInt32(try twoByteInteger())
  }

  /// 1.5.5.
  @_lifetime(self: copy self)
  mutating func variableByteInteger() throws(MQTTViolation) -> Int {
    var integer = VariableByteInteger()
    while true {
      if let value = try integer.take(try byte()) { return value }
    }
  }

  /// A field behind its length in two bytes: binary data (1.5.6), and text (1.5.4) before it is checked.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func field() throws(MQTTViolation) -> Span<UInt8> {
    try take(Int(try twoByteInteger()))
  }

  /// The properties behind their length (2.2.2).
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func properties() throws(MQTTViolation) -> PropertyList {
    PropertyList(encoded: try take(try variableByteInteger()))
  }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func rest() -> Span<UInt8> {
    let start = index
    index = bytes.count
    return bytes.extracting(start..<bytes.count)
  }

  /// Nothing may stand behind the last field.
  func end() throws(MQTTViolation) {
    guard remaining == 0 else { throw .trailingBytes(remaining) }
  }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  private mutating func take(_ count: Int) throws(MQTTViolation) -> Span<UInt8> {
    guard remaining >= count else { throw .truncated }
    let start = index
    index &+= count
    return bytes.extracting(start..<index)
  }
}
