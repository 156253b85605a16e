/// `Sec-WebSocket-Key` and the answer that belongs to it (RFC 6455 4.1, 4.2.2).
///
/// The answer is a SHA-1 digest, which this module leaves to its caller: every system that has TLS has one.
public struct HandshakeKey: Sendable, Hashable {
  /// The key as it stands in the field: 24 characters.
  public let text: [UInt8]

  /// Makes a client's key.
  ///
  /// - Parameter nonce: sixteen bytes from a strong source of randomness, new for each connection.
  public init(nonce: Span<UInt8>) {
    precondition(nonce.count == 16, "a handshake key is made of 16 bytes (RFC 6455 4.1)")
    text = Base64.encode(nonce)
  }

  /// Takes a key that a client sent, or nil where it is not the base64 form of sixteen bytes.
  public init?(received text: [UInt8]) {
    guard Base64.isEncoding(text, ofByteCount: 16) else { return nil }
    self.text = text
  }

  /// What the digest is taken over: the key and the protocol's GUID.
  public var digestInput: [UInt8] {
    text + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8
  }

  /// The value of `Sec-WebSocket-Accept`.
  ///
  /// - Parameter digest: the twenty bytes of SHA-1 over `digestInput`.
  public static func accept(digest: Span<UInt8>) -> [UInt8] {
    precondition(digest.count == 20, "a SHA-1 digest has 20 bytes")
    return Base64.encode(digest)
  }
}
