/// Finds packets in a byte stream that may be split anywhere.
///
/// What stands before the payload of a PUBLISH, and all of any other packet, is lent whole: out of the caller's bytes
/// where it lies in one piece there, and otherwise out of a buffer that was allocated once. Payload is never copied, nor
/// waited for.
///
///     while let header = try reader.read(bytes, from: &index) {
///       let packet = try Packet(header, body: reader.body(in: bytes), under: reader.rules)
///       ... and where `reader.payloadRemaining` is not 0, that many bytes of payload come next
///     }
public struct PacketReader: ~Copyable {
  private enum Place {
    case nowhere
    case input(Range<Int>)
    case buffer(Int)
  }

  private var parser: FixedHeaderParser
  private var buffer: [UInt8]
  private var filled = 0
  /// The packet that is being collected.
  private var open: FixedHeader?
  private var place = Place.nowhere
  /// Bytes of the last PUBLISH's payload that were not taken yet. `read` may not be called before it is 0.
  public private(set) var payloadRemaining = 0

  /// - Parameters:
  ///   - rules: what the other side is held to.
  ///   - bufferSize: bytes that a packet may have behind its fixed header, payload of PUBLISH not counted. Anything
  ///     longer is `bufferTooSmall`.
  ///   - maximumPacketSize: bytes that a whole packet may have, payload included: what was announced to the other side.
  public init(rules: PacketRules, bufferSize: Int = 4096, maximumPacketSize: Int = .max) {
    parser = FixedHeaderParser(rules: rules, maximumPacketSize: maximumPacketSize)
    buffer = [UInt8](repeating: 0, count: bufferSize)
  }

  /// What the other side is held to. A broker sets the version when it has read CONNECT.
  public var rules: PacketRules {
    get { parser.rules }
    set { parser.rules = newValue }
  }

  /// The largest packet that is taken, in bytes.
  public var maximumPacketSize: Int {
    get { parser.maximumPacketSize }
    set { parser.maximumPacketSize = newValue }
  }

  /// True between packets: a stream that ends here ends cleanly.
  public var isAtStart: Bool { parser.isAtStart && open == nil && payloadRemaining == 0 }

  /// Begins anew, as a new connection does. The buffer stays.
  public mutating func reset() {
    parser = FixedHeaderParser(rules: rules, maximumPacketSize: maximumPacketSize)
    filled = 0
    open = nil
    place = .nowhere
    payloadRemaining = 0
  }

  /// Reads on.
  ///
  /// - Parameters:
  ///   - bytes: what has arrived.
  ///   - index: the first byte to read; moved behind the last byte taken, which is never one of payload.
  /// - Returns: the packet's header once its body is whole, which `body(in:)` lends then; nil when `bytes` ended before.
  /// - Throws: what makes the stream unreadable from here on.
  public mutating func read(_ bytes: Span<UInt8>, from index: inout Int) throws(MQTTViolation) -> FixedHeader? {
    precondition(payloadRemaining == 0, "payload of the packet before is still to be taken")
    if open == nil {
      open = try parser.parse(bytes, from: &index)
      filled = 0
    }
    guard let header = open else { return nil }
    if filled == 0 {
      let end = min(bytes.count, index + min(buffer.count, header.remainingLength))
      if case .whole(let length) = try extent(header, bytes.extracting(index..<end)), length <= end - index {
        place = .input(index..<(index + length))
        index += length
        return finish(header, length)
      }
    }
    while true {
      let needed: Int
      switch try extent(header, buffer.span.extracting(0..<filled)) {
      case .whole(filled):
        place = .buffer(filled)
        return finish(header, filled)
      case .whole(let length), .atLeast(let length): needed = length
      }
      let taken = min(needed - filled, bytes.count - index)
      guard taken > 0 else { return nil }
      for i in 0..<taken { buffer[filled &+ i] = bytes[index &+ i] }
      filled += taken
      index += taken
    }
  }

  /// Reads PUBACK, PUBREC, PUBREL or PUBCOMP in its shortest form, as most answers come: four bytes, and success.
  ///
  /// - Returns: nil where anything else stands here, or is left of what came before: that is for `read`, and nothing has
  ///   been taken.
  package mutating func readShortAnswer(
    _ bytes: Span<UInt8>, from index: inout Int
  ) -> (kind: PublishAcknowledgement.Kind, identifier: UInt16)? {
    guard bytes.count - index >= 4, bytes[index + 1] == 2, isAtStart, maximumPacketSize >= 4 else { return nil }
    let kind: PublishAcknowledgement.Kind
    switch bytes[index] {
    case 0x40: kind = .pubAck
    case 0x50: kind = .pubRec
    case 0x62: kind = .pubRel
    case 0x70: kind = .pubComp
    default: return nil
    }
    let identifier = UInt16(bytes[index + 2]) << 8 | UInt16(bytes[index + 3])
    guard identifier != 0 else { return nil }
    index += 4
    return (kind, identifier)
  }

  /// The bytes behind the fixed header of the packet that `read` returned last; of PUBLISH those before the payload.
  ///
  /// - Parameter bytes: what `read` was given.
  @_lifetime(borrow self, copy bytes)
  public func body(in bytes: Span<UInt8>) -> Span<UInt8> {
    switch place {
    case .nowhere: Span()
    case .input(let range): bytes.extracting(range)
    case .buffer(let count): buffer.span.extracting(0..<count)
    }
  }

  /// Notes that the caller took payload off the stream.
  ///
  /// - Parameter count: bytes, `payloadRemaining` at most.
  public mutating func takePayload(_ count: Int) {
    precondition(count >= 0 && count <= payloadRemaining)
    payloadRemaining -= count
  }

  private func extent(_ header: FixedHeader, _ prefix: Span<UInt8>) throws(MQTTViolation) -> PublishExtent {
    let extent =
      header.type == .publish
      ? try PublishExtent(header, prefix: prefix, version: rules.version) : .whole(header.remainingLength)
    switch extent {
    case .whole(let length), .atLeast(let length):
      guard length <= buffer.count else { throw .bufferTooSmall(limit: buffer.count) }
    }
    return extent
  }

  private mutating func finish(_ header: FixedHeader, _ length: Int) -> FixedHeader {
    open = nil
    filled = 0
    payloadRemaining = header.remainingLength - length
    return header
  }
}
