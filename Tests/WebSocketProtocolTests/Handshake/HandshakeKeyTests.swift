import Testing
import WebSocketProtocol
import WestwindTestSupport

/// The example of RFC 6455 1.3.
enum SampleHandshake {
  static let nonce = "the sample nonce".bytes
  static let keyText = "dGhlIHNhbXBsZSBub25jZQ=="
  static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

  static var key: HandshakeKey { HandshakeKey(nonce: nonce) }
}

struct HandshakeKeyTests {
  /// The bytes that a base64 text stands for, without any check.
  static func decode(_ text: [UInt8]) -> [UInt8] {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".bytes
    var bits: [Bool] = []
    for digit in text where digit != 0x3D {
      let value = alphabet.firstIndex(of: digit)!
      bits += (0..<6).map { value >> (5 - $0) & 1 == 1 }
    }
    return stride(from: 0, to: bits.count - 7, by: 8).map { start in
      bits[start..<(start + 8)].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
    }
  }

  @Test func `key and answer of RFC 6455 1.3 come out as they are printed there`() {
    #expect(SampleHandshake.key.text.text == SampleHandshake.keyText)
    #expect(SampleHandshake.key.accept.text == SampleHandshake.accept)
  }

  @Test func `the nonce of RFC 6455 4.1 comes out as it is printed there`() {
    #expect(HandshakeKey(nonce: [UInt8](1...16)).text.text == "AQIDBAUGBwgJCgsMDQ4PEA==")
  }

  @Test func `nonces of one value come out in base64`() {
    #expect(HandshakeKey(nonce: [UInt8](repeating: 0, count: 16)).text.text == "AAAAAAAAAAAAAAAAAAAAAA==")
    #expect(HandshakeKey(nonce: [UInt8](repeating: 255, count: 16)).text.text == "/////////////////////w==")
    #expect(HandshakeKey(nonce: [UInt8](repeating: 0xFB, count: 16)).text.text == "+/v7+/v7+/v7+/v7+/v7+w==")
  }

  @Test func `random nonces can be read back`() {
    var random = SeededGenerator(seed: 4648)
    for _ in 0..<500 {
      let nonce = random.bytes(16)
      let key = HandshakeKey(nonce: nonce)
      #expect(key.text.count == 24)
      #expect(Self.decode(key.text) == nonce)
      #expect(HandshakeKey(received: key.text) == key)
      #expect(key.accept.count == 28)
      #expect(Self.decode(key.accept).count == 20)
    }
  }

  @Test(arguments: [
    "", "=", "==", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===",
    "dGhlIHNhbXBsZSBub25jZQA=", "dGhlIHNhbXBsZSBub25jZQAA", "dGhlIHNhbXBsZSBub25jZ===", "dGhl=HNhbXBsZSBub25jZQ==",
    "dGhl HNhbXBsZSBub25jZQ==", "dGhl-HNhbXBsZSBub25jZQ==", "dGhl_HNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ==A",
    "ZQ==dGhlIHNhbXBsZSBub25j", "dGhl\u{0}HNhbXBsZSBub25jZQ==", "ÄhlIHNhbXBsZSBub25jZQ==",
  ])
  func `a received key that is not sixteen bytes in base64 is refused`(text: Raw) {
    #expect(HandshakeKey(received: text.bytes) == nil)
  }
}
