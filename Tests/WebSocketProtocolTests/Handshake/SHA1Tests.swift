import Testing
import WebSocketProtocol
import WestwindTestSupport

struct SHA1Tests {
  static func digest(_ message: [UInt8]) -> [UInt8] {
    let digest = SHA1.digest(of: message.span)
    return digest.indices.map { digest[$0] }
  }

  static func hexadecimal(_ message: [UInt8]) -> String {
    digest(message).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Of FIPS 180-1 and of NIST's examples to FIPS 180-4; and the key of RFC 6455 1.3 with the protocol's GUID.
  @Test(arguments: [
    ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
    ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
        + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "a49b2446a02c645bf419f995b67091253a04a259"
    ),
    (
      "dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11",
      "b37a4f2cc0624f1690f64606cf385945b2bec4ea"
    ),
  ])
  func `messages of the standards have the digests that are printed there`(message: String, digest: String) {
    #expect(Self.hexadecimal(message.bytes) == digest)
  }

  @Test func `a million times the letter a has the digest of FIPS 180-1`() {
    let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    #expect(Self.hexadecimal(message) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f")
  }

  /// One digest for all lengths, by Python's hashlib:
  ///
  ///     sha1(b"".join(sha1(bytes((7 * i + n) % 256 for i in range(n))).digest() for n in range(131))).hexdigest()
  @Test func `messages of 0 to 130 bytes, the borders of the blocks among them, have hashlib's digests`() {
    let digests = (0...130).flatMap { count in
      Self.digest((0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + count) })
    }
    #expect(Self.hexadecimal(digests) == "3124829d302c0b62b2f8c1e5edf440a668284db0")
  }
}
