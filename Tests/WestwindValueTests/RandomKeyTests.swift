import Glibc
import Testing
import WebSocketProtocol

@testable import Westwind

/// Masking keys and handshake keys come from the system, and no two places use the same one.
struct RandomKeyTests {
  @Test func `a masking key is another one for every frame, and is not guessed from the last`() {
    var source = MaskingKeys()
    let keys = (0..<51).map { _ in
      let key = source.next()
      return (0..<4).map { key[$0] }
    }
    // 51 random keys of 32 bits: two are the same once in three million runs.
    #expect(Set(keys).count >= 50)
    for i in 0..<4 { #expect(Set(keys.map { $0[i] }).count > 10) }
  }

  @Test func `Must differ: a handshake's key is 16 random bytes, and another one each time`() {
    let keys = (0..<20).map { _ in Self.decoded(RandomPool.handshakeKey().text.text) }
    #expect(keys.allSatisfy { $0.count == 16 })
    #expect(Set(keys).count == 20)
    // A position that never changes would be less than 128 bits: 20 random bytes are the same once in 2^152.
    for position in 0..<16 { #expect(Set(keys.map { $0[position] }).count > 1) }
  }

  @Test func `a process that was forked off does not use its parent's keys`() async {
    await #expect(processExitsWith: .success) {
      var source = MaskingKeys()
      _ = source.next()  // keys are in store now
      var ends: [CInt] = [-1, -1]
      try #require(pipe(&ends) == 0)
      typealias Fork = @convention(c) () -> pid_t
      let fork = unsafeBitCast(try #require(dlsym(nil, "fork")), to: Fork.self)
      let child = fork()
      let key = source.next()
      var bytes = InlineArray<4, UInt8> { key[$0] }
      if child == 0 {
        _ = write(ends[1], &bytes, 4)
        _exit(0)
      }
      var other = InlineArray<4, UInt8>(repeating: 0)
      #expect(read(ends[0], &other, 4) == 4)
      #expect(waitpid(child, nil, 0) == child)
      #expect((0..<4).contains { bytes[$0] != other[$0] })
    }
  }

  /// The bytes behind a base64 text.
  private static func decoded(_ text: String) -> [UInt8] {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".bytes
    let values = text.bytes.compactMap { alphabet.firstIndex(of: $0) }
    let bits = values.flatMap { value in (0..<6).map { value >> (5 - $0) & 1 } }
    return (0..<(bits.count / 8)).map { byte in bits[(8 * byte)..<(8 * byte + 8)].reduce(0) { $0 << 1 | UInt8($1) } }
  }
}
