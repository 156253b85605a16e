/// PINGREQ and PINGRESP (3.12, 3.13): a fixed header and nothing else.
public struct PingPacket: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// The client's.
    case request
    /// The broker's.
    case response
  }

  public var kind: Kind

  public init(_ kind: Kind) {
    self.kind = kind
  }

  public static let encodedLength = 2

  /// Writes the packet.
  public func encode(into out: inout OutputSpan<UInt8>) throws(PacketEncodingError) {
    try FixedHeader.begin(kind == .request ? .pingReq : .pingResp, bodyLength: 0, to: &out)
  }
}
