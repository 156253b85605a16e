/// The rules of a topic filter: what is subscribed to (4.7, and 4.8.2 for shared subscriptions).
///
/// A view: it reads the bytes that it was made of.
public struct TopicFilter: ~Escapable {
  /// The filter as it stands in SUBSCRIBE, `$share/` and all.
  public let encoded: Span<UInt8>
  /// Where in `encoded` the part begins that topic names are matched with: 0 unless the subscription is shared.
  private let start: Int

  /// - Parameters:
  ///   - encoded: the filter.
  ///   - version: shared subscriptions are of MQTT 5.0. In 3.1.1 `$share/a/b` is a filter of three levels, though many
  ///     brokers take it for a shared one.
  /// - Throws: a filter that is not well formed.
  @_lifetime(copy encoded)
  public init(_ encoded: Span<UInt8>, version: MQTTVersion = .mqtt5) throws(MQTTViolation) {
    self.encoded = encoded
    // [MQTT-4.7.3-1]
    guard !encoded.isEmpty else { throw .topicFilterEmpty }
    // [MQTT-3.8.3-1], [MQTT-3.10.3-1], [MQTT-4.7.3-2]
    try MQTTText.check(encoded)
    start = version == .mqtt5 ? try Self.startOfShared(encoded) : 0
    try Self.checkLevels(encoded.extracting(start..<encoded.count))
  }

  /// Whether the filter is that of a shared subscription: `$share/{ShareName}/{filter}`.
  public var isShared: Bool { start > 0 }

  /// The share name; nil where the subscription is not shared.
  public var shareName: Span<UInt8>? {
    @_lifetime(copy self)
    get { isShared ? encoded.extracting(Self.sharePrefix.count..<(start - 1)) : nil }
  }

  /// What topic names are matched with.
  public var filter: Span<UInt8> {
    @_lifetime(copy self)
    get { encoded.extracting(start..<encoded.count) }
  }

  private static let sharePrefix: InlineArray<7, UInt8> = [0x24, 0x73, 0x68, 0x61, 0x72, 0x65, 0x2F]  // $share/

  private static func startOfShared(_ encoded: Span<UInt8>) throws(MQTTViolation) -> Int {
    let nameStart = sharePrefix.count
    guard encoded.count >= nameStart else { return 0 }
    for i in 0..<nameStart where encoded[i] != sharePrefix[i] { return 0 }
    var end = nameStart
    while end < encoded.count, encoded[end] != ASCII.slash {
      // [MQTT-4.8.2-2]
      guard encoded[end] != ASCII.plus, encoded[end] != ASCII.numberSign else { throw .shareNameWildcard }
      end += 1
    }
    // [MQTT-4.8.2-1]
    guard end > nameStart else { throw .shareNameEmpty }
    // [MQTT-4.8.2-2]: a slash and a filter follow
    guard end + 1 < encoded.count else { throw .sharedFilterMissing }
    return end + 1
  }

  private static func checkLevels(_ filter: Span<UInt8>) throws(MQTTViolation) {
    for i in 0..<filter.count {
      let byte = filter[i]
      guard byte == ASCII.plus || byte == ASCII.numberSign else { continue }
      let isAlone =
        (i == 0 || filter[i - 1] == ASCII.slash) && (i + 1 == filter.count || filter[i + 1] == ASCII.slash)
      if byte == ASCII.plus {
        // [MQTT-4.7.1-2], in 3.1.1 [MQTT-4.7.1-3]
        guard isAlone else { throw .singleLevelWildcardNotAlone }
      } else {
        // [MQTT-4.7.1-1], in 3.1.1 [MQTT-4.7.1-2]
        guard isAlone, i + 1 == filter.count else { throw .multiLevelWildcardNotLast }
      }
    }
  }
}
