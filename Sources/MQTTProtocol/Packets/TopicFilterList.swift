/// The topic filters of UNSUBSCRIBE, as they stand on the wire (3.10.3).
///
/// A view: it reads the bytes that it was made of.
public struct TopicFilterList: ~Escapable {
  public let encoded: Span<UInt8>

  /// - Parameter encoded: what `append` wrote.
  @_lifetime(copy encoded)
  public init(encoded: Span<UInt8>) {
    self.encoded = encoded
  }

  /// Writes a filter behind those that `out` holds. Whether it is well formed is checked when UNSUBSCRIBE is encoded.
  ///
  /// - Throws: `fieldTooLong`, `noRoom`.
  public static func append(_ filter: Span<UInt8>, to out: inout OutputSpan<UInt8>) throws(PacketEncodingError) {
    try filter.checkFieldLength()
    guard out.freeCapacity >= 2 + filter.count else { throw .noRoom(needed: 2 + filter.count) }
    out.appendField(filter)
  }

  /// Reads the filters one by one, in their order.
  @_lifetime(copy self)
  public func makeReader(_ version: MQTTVersion) -> TopicFilterReader {
    TopicFilterReader(encoded, version: version)
  }

  /// - Returns: how many filters there are.
  func check(_ version: MQTTVersion) throws(MQTTViolation) -> Int {
    var reader = makeReader(version)
    var count = 0
    while try reader.read() != nil { count += 1 }
    // [MQTT-3.10.3-2]
    guard count > 0 else { throw .emptyList(.unsubscribe) }
    return count
  }
}

/// Takes filters off the front of a list.
public struct TopicFilterReader: ~Escapable {
  private var fields: FieldReader
  private let version: MQTTVersion

  @_lifetime(copy encoded)
  init(_ encoded: Span<UInt8>, version: MQTTVersion) {
    fields = FieldReader(encoded)
    self.version = version
  }

  /// The next filter; nil at the end, and where a list that was not checked cannot be read on.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func next() -> TopicFilter? { try? read() }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func read() throws(MQTTViolation) -> TopicFilter? {
    guard fields.remaining > 0 else { return nil }
    return try TopicFilter(try fields.field(), version: version)
  }
}
