public import HTTPTypes
public import PerMessageDeflate
internal import WebSocketProtocol
internal import WestwindConnecting

/// What the server answered to the opening handshake.
public struct HandshakeResponse: Sendable, Hashable {
  /// 101 where it agreed.
  public var status: Int
  /// The words behind the status, for people to read; may be empty.
  public var reason: String
  public var fields: HTTPFields
  /// The beginning of a refusing response's body, `maxErrorBodySize` bytes at most; empty for 101.
  public var body: [UInt8]
  /// The subprotocol that the server chose; nil for none.
  public var subprotocol: String?

  /// What was agreed on for compression; nil for none.
  public var compression: PerMessageDeflateParameters?

  init(
    _ head: ResponseHead, body: [UInt8] = [], subprotocol: String? = nil,
    compression: PerMessageDeflateParameters? = nil
  ) {
    status = head.status
    reason = String(decoding: head.reason, as: UTF8.self)
    fields = HTTPFields(head.fields)
    self.body = body
    self.subprotocol = subprotocol
    self.compression = compression
  }
}
