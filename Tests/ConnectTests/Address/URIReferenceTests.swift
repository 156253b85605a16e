import Testing
import WebSocketProtocol

/// References seen from a base, as in RFC 3986 5.4.
struct URIReferenceTests {
  static let table: [(String, String)] = [
    // 5.4.1, normal.
    ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
    ("/g", "http://a/g"), ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"),
    ("#s", "http://a/b/c/d;p?q#s"), ("g#s", "http://a/b/c/g#s"), ("g?y#s", "http://a/b/c/g?y#s"),
    (";x", "http://a/b/c/;x"), ("g;x", "http://a/b/c/g;x"), ("g;x?y#s", "http://a/b/c/g;x?y#s"),
    ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"), ("..", "http://a/b/"),
    ("../", "http://a/b/"), ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../", "http://a/"),
    ("../../g", "http://a/g"),
    // 5.4.2, abnormal.
    ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"),
    ("g.", "http://a/b/c/g."), (".g", "http://a/b/c/.g"), ("g..", "http://a/b/c/g.."), ("..g", "http://a/b/c/..g"),
    ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"),
    ("g/../h", "http://a/b/c/h"), ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("g;x=1/../y", "http://a/b/c/y"),
    ("g?y/./x", "http://a/b/c/g?y/./x"), ("g?y/../x", "http://a/b/c/g?y/../x"),
    ("g#s/./x", "http://a/b/c/g#s/./x"), ("g#s/../x", "http://a/b/c/g#s/../x"), ("http:g", "http:g"),
  ]

  @Test(arguments: table) func `a reference is resolved as the RFC's examples say`(_ text: String, _ wanted: String) {
    let base = URIReference(Array("http://a/b/c/d;p?q".utf8))
    #expect(URIReference(Array(text.utf8)).resolved(against: base).text == wanted)
  }

  @Test(arguments: ["", "a:", "//", "//a@b:c", "?", "#", "a://b?c#d", "/a//b", "x:y:z", "a/b:c", "ä\0\r"])
  func `what was cut says the same when put together`(_ text: String) {
    #expect(URIReference(Array(text.utf8)).text == text)
  }
}

extension URIReference {
  fileprivate var text: String {
    var bytes: [UInt8] = []
    if let scheme { bytes += scheme + Array(":".utf8) }
    if let authority { bytes += Array("//".utf8) + authority }
    bytes += path
    if let query { bytes += Array("?".utf8) + query }
    if let fragment { bytes += Array("#".utf8) + fragment }
    return String(decoding: bytes, as: UTF8.self)
  }
}
