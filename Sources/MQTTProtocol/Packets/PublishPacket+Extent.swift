/// How much of a PUBLISH stands before its payload, which only its fields say.
enum PublishExtent: Sendable, Hashable {
  /// At least these bytes of the body are needed to know more.
  case atLeast(Int)
  /// The variable header has these bytes; the payload is behind them.
  case whole(Int)

  /// - Parameters:
  ///   - header: the packet's.
  ///   - prefix: the first bytes of the body.
  init(_ header: FixedHeader, prefix: Span<UInt8>, version: MQTTVersion) throws(MQTTViolation) {
    var end = 2
    guard prefix.count >= end else {
      self = .atLeast(end)
      return
    }
    end += Int(prefix[0]) << 8 | Int(prefix[1])
    if header.flags & 6 != 0 { end += 2 }
    guard end <= header.remainingLength else { throw .truncated }
    if version == .mqtt5 {
      var length = VariableByteInteger()
      var properties: Int?
      while properties == nil {
        guard end < header.remainingLength else { throw .truncated }
        guard end < prefix.count else {
          self = .atLeast(end + 1)
          return
        }
        properties = try length.take(prefix[end])
        end += 1
      }
      end += properties ?? 0
    }
    guard end <= header.remainingLength else { throw .truncated }
    self = .whole(end)
  }
}
