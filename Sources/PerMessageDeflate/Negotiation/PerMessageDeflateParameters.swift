/// What client and server agreed on (RFC 7692 7.1): the same values on both sides.
///
/// A side makes its ``Deflater`` with its own role's values and its ``Inflater`` with the peer's.
public struct PerMessageDeflateParameters: Sendable, Hashable {
  /// The server compresses each message on its own.
  public var serverNoContextTakeover: Bool
  /// The client compresses each message on its own.
  public var clientNoContextTakeover: Bool
  /// How far back the server refers at most, as a power of two: 8 to 15.
  public var serverMaxWindowBits: Int
  /// How far back the client refers at most, as a power of two: 8 to 15.
  public var clientMaxWindowBits: Int

  public init(
    serverNoContextTakeover: Bool = false, clientNoContextTakeover: Bool = false, serverMaxWindowBits: Int = 15,
    clientMaxWindowBits: Int = 15
  ) {
    self.serverNoContextTakeover = serverNoContextTakeover
    self.clientNoContextTakeover = clientNoContextTakeover
    self.serverMaxWindowBits = serverMaxWindowBits
    self.clientMaxWindowBits = clientMaxWindowBits
  }
}
