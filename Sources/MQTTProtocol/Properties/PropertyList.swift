/// The properties of a packet, as they stand on the wire without the length in front (MQTT 5.0 2.2.2).
///
/// A view: it reads the bytes that it was made of. A packet that was decoded or encoded has had its properties checked;
/// what was not checked ends at the first byte that cannot be read.
public struct PropertyList: ~Escapable {
  /// The properties one behind the other.
  public let encoded: Span<UInt8>

  /// No properties.
  @_lifetime(immortal)
  public init() {
    encoded = Span()
  }

  /// - Parameter encoded: properties that `append` wrote, or that came in a packet.
  @_lifetime(copy encoded)
  public init(encoded: Span<UInt8>) {
    self.encoded = encoded
  }

  public var isEmpty: Bool { encoded.isEmpty }

  /// Bytes on the wire, the length in front included.
  public var encodedLength: Int { VariableByteInteger.encodedLength(encoded.count) + encoded.count }

  /// Reads them one by one, in their order.
  @_lifetime(copy self)
  public func makeReader() -> PropertyReader {
    PropertyReader(encoded)
  }

  /// The first number with this name, or nil.
  public func integer(_ id: PropertyID) -> UInt32? {
    guard !encoded.isEmpty else { return nil }
    var reader = makeReader()
    while let property = reader.next() {
      if case .integer(id, let value) = property { return value }
    }
    return nil
  }

  /// The first text or binary data with this name, or nil.
  @_lifetime(copy self)
  public func bytes(_ id: PropertyID) -> Span<UInt8>? {
    var reader = makeReader()
    while let property = reader.next() {
      if case .bytes(id, let value) = property { return value }
    }
    return nil
  }
}
