/// `Sec-WebSocket-Key` and the accept value that belongs to it (RFC 6455 4.1, 4.2.2).
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

  /// Takes a key that a client sent, or nil if it is not the base64 form of sixteen bytes.
  public init?(received text: [UInt8]) {
    guard Base64.isEncoding(text, ofByteCount: 16) else { return nil }
    self.text = text
  }

  /// The value of `Sec-WebSocket-Accept`: the SHA-1 digest of the key and the protocol's GUID, in base64, 28 characters.
  public var accept: [UInt8] {
    let message = text + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8
    let digest = SHA1.digest(of: message.span)
    return Base64.encode(digest.span)
  }
}
