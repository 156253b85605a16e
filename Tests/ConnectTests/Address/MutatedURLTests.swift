import Testing
import WebSocketProtocol
import WestwindTestSupport

@testable import Westwind
@testable import WestwindConnecting

/// 60,000 URLs with mistakes in them, the same in each run: each is refused in one line, or means one thing only.
struct MutatedURLTests {
  static let good = [
    "ws://example.org:9001/chat?room=1", "wss://user:pa%40ss@[2001:db8::1]:443/a/b;c?d=[e]|{f}",
    "ws+unix:///run/echo.sock:/chat?x=1", "ws://[fe80::1%25eth0]:80/", "ws://127.0.0.1/?q", "WS://H%20/..//./%2F",
    "wss://a_b-c.xn--bcher-kva.:1/!$&'()*+,;=:@", "ws://bücher.example/ä?ö#ü",
  ]
  static let parts = [
    "@", ":", "/", "//", "?", "#", "[", "]", "%", "%25", "%2", "%00", "%0d%0a", "\r\n", "\0", " ", "\t", "\\", ".",
    "..",
    "::", "0x7f.1", "65536", "ws://", "http:", "ü", "\u{202E}", "\u{7F}", "{", "|", "^", "`", "<", ">", "\"", "'",
    "localhost",
  ].map { Array($0.utf8) }

  /// Changes a URL in one to four places.
  static func mutated(_ random: inout SeededGenerator) -> [UInt8] {
    var bytes = Array(good.randomElement(using: &random)!.utf8)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, place + Int.random(in: 0...4, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes.replaceSubrange(place..<end, with: [])
      case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 2: bytes.replaceSubrange(place..<end, with: parts.randomElement(using: &random)!)
      case 3: bytes += bytes[place..<end]
      default:
        let other = Array(good.randomElement(using: &random)!.utf8)
        bytes = Array(bytes[..<place] + other[min(place, other.count)...])
      }
    }
    return bytes
  }

  @Test(arguments: 0..<6) func `10,000 mutated URLs are refused in one line, or mean one thing`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var taken = 0
    for _ in 0..<10_000 {
      let bytes = Self.mutated(&random)
      do throws(ServerURLError) {
        try check(WebSocketURL(bytes: bytes), bytes)
        taken += 1
      } catch {
        #expect(Self.isOneLine(error.description), "\(bytes)")
      }
    }
    // Both kinds are there.
    #expect((500...9_500).contains(taken), "\(taken) were taken")
  }

  private func check(_ url: WebSocketURL, _ bytes: [UInt8]) throws(ServerURLError) {
    #expect(Self.isOneLine(url.description) && Self.isOneLine(url.hostField), "\(bytes)")
    #expect(url.resourceName.utf8.first == UInt8(ascii: "/") && !url.resourceName.contains("#"), "\(bytes)")
    #expect(url.resourceName.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(bytes)")
    #expect(!url.hostField.contains { "@/\\%".contains($0) } && !url.host.isEmpty, "\(bytes)")
    #expect(!url.description.contains("pa%40ss") || !url.description.contains("user:"), "\(bytes)")
    // What is shown names the same server and the same resource.
    let again = try WebSocketURL(url.description)
    #expect(again.scheme == url.scheme && again.isSameServer(as: url), "\(bytes)")
    #expect(again.resourceName == url.resourceName, "\(bytes)")
    // A request for it can be written, and is one head with this target and this host.
    var request = WebSocketRequest(host: url.hostField, url: url.resourceName)
    if let credentials = url.credentials { request.optionalHeaders = ["Authorization: \(credentials.basic)"] }
    do {
      let text = try RequestText(request, key: HandshakeKey(nonce: Array("the sample nonce".utf8).span))
      let server = try ServerHandshake(request: text.head.opening + text.head.closing)
      #expect(server.target == Array(url.resourceName.utf8), "\(bytes)")
      #expect(server.fields.values(of: "host") == [Array(url.hostField.utf8)], "\(bytes)")
      #expect(server.fields.count == 5 + request.optionalHeaders.count, "\(bytes)")
    } catch {
      Issue.record("\(error) for \(bytes)")
    }
  }

  private static func isOneLine(_ text: String) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }
}
