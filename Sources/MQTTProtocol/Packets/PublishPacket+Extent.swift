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

extension PublishPacket {
  /// Reads a packet that is there whole, payload included, which is its last `payloadLength` bytes.
  @_lifetime(copy bytes)
  package init(whole bytes: Span<UInt8>, under rules: PacketRules) throws(MQTTViolation) {
    var parser = FixedHeaderParser(rules: rules)
    var start = 0
    guard let header = try parser.parse(bytes, from: &start), header.remainingLength == bytes.count - start else {
      throw .truncated
    }
    guard header.type == .publish else { throw .unexpectedPacket(header.type) }
    guard
      case .whole(let length) = try PublishExtent(
        header, prefix: bytes.extracting(start..<bytes.count), version: rules.version)
    else { throw .truncated }
    try self.init(header, variableHeader: bytes.extracting(start..<(start + length)), under: rules)
  }
}
