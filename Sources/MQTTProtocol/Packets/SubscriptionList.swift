/// The topic filters of SUBSCRIBE with their options, as they stand on the wire (3.8.3).
///
/// A view: it reads the bytes that it was made of. One behind the other: the filter as text, and a byte of options.
public struct SubscriptionList: ~Escapable {
  public let encoded: Span<UInt8>

  /// - Parameter encoded: what `append` wrote.
  @_lifetime(copy encoded)
  public init(encoded: Span<UInt8>) {
    self.encoded = encoded
  }

  /// Writes an entry behind those that `out` holds. Whether the filter is well formed is checked when SUBSCRIBE is
  /// encoded.
  ///
  /// - Throws: `fieldTooLong`, `noRoom`.
  public static func append(
    _ filter: Span<UInt8>, _ options: SubscriptionOptions, to out: inout OutputSpan<UInt8>
  ) throws(PacketEncodingError) {
    try filter.checkFieldLength()
    guard out.freeCapacity >= 3 + filter.count else { throw .noRoom(needed: 3 + filter.count) }
    out.appendField(filter)
    out.append(options.encoded)
  }

  /// Reads the entries one by one, in their order.
  @_lifetime(copy self)
  public func makeReader(_ version: MQTTVersion) -> SubscriptionReader {
    SubscriptionReader(encoded, version: version)
  }

  /// - Returns: how many entries there are.
  func check(_ version: MQTTVersion) throws(MQTTViolation) -> Int {
    var reader = makeReader(version)
    var count = 0
    while let entry = try reader.read() {
      // [MQTT-3.8.3-4]
      guard !entry.options.noLocal || !entry.filter.isShared else { throw .noLocalOnShared }
      count += 1
    }
    // [MQTT-3.8.3-2], in 3.1.1 [MQTT-3.8.3-3]
    guard count > 0 else { throw .emptyList(.subscribe) }
    return count
  }
}

/// Takes entries off the front of a list.
public struct SubscriptionReader: ~Escapable {
  private var fields: FieldReader
  private let version: MQTTVersion

  @_lifetime(copy encoded)
  init(_ encoded: Span<UInt8>, version: MQTTVersion) {
    fields = FieldReader(encoded)
    self.version = version
  }

  /// The next entry; nil at the end, and where a list that was not checked cannot be read on.
  @_lifetime(copy self)
  @_lifetime(self: copy self)
  public mutating func next() -> Subscription? { try? read() }

  @_lifetime(copy self)
  @_lifetime(self: copy self)
  mutating func read() throws(MQTTViolation) -> Subscription? {
    guard fields.remaining > 0 else { return nil }
    let filter = try TopicFilter(try fields.field(), version: version)
    return Subscription(filter: filter, options: try SubscriptionOptions(try fields.byte(), version: version))
  }
}
