import PerMessageDeflate
import Testing

/// RFC 7692 7.1, as a client sees it.
struct ClientTests {
  static func options(_ set: (inout PerMessageDeflateOptions) -> Void) -> PerMessageDeflateOptions {
    var options = PerMessageDeflateOptions()
    set(&options)
    return options
  }

  @Test func `the offer says only what is not so by itself`() {
    #expect(PerMessageDeflateOptions().offer == "permessage-deflate; client_max_window_bits")
    #expect(Self.options { $0.offersClientMaxWindowBits = false }.offer == "permessage-deflate")
    #expect(
      Self.options {
        $0.serverNoContextTakeover = true
        $0.clientNoContextTakeover = true
        $0.serverMaxWindowBits = 10
        $0.clientMaxWindowBits = 9
      }.offer
        == "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; "
        + "client_max_window_bits=9")
  }

  @Test(arguments: [(Int.min, 8), (0, 8), (7, 8), (8, 8), (14, 14)])
  func `window bits outside the range are the nearest inside`(bits: Int, offered: Int) {
    let options = Self.options {
      $0.serverMaxWindowBits = bits
      $0.clientMaxWindowBits = bits
    }
    #expect(
      options.offer == "permessage-deflate; server_max_window_bits=\(offered); client_max_window_bits=\(offered)")
    #expect(Self.options { $0.serverMaxWindowBits = 99 }.offer == PerMessageDeflateOptions().offer)
  }

  @Test(arguments: ["", " ", ",,"])
  func `an answer without an extension declines`(answer: String) throws {
    #expect(try PerMessageDeflateOptions().parameters(fromAnswer: [answer.bytes]) == nil)
    #expect(try PerMessageDeflateOptions().parameters(fromAnswer: []) == nil)
  }

  @Test func `an answer may bring what was not asked for`() throws {
    let options = PerMessageDeflateOptions()
    func agreed(_ answer: String) throws -> PerMessageDeflateParameters? {
      try options.parameters(fromAnswer: [answer.bytes])
    }
    #expect(try agreed("permessage-deflate") == PerMessageDeflateParameters())
    #expect(
      try agreed("permessage-deflate; server_no_context_takeover")
        == PerMessageDeflateParameters(serverNoContextTakeover: true))
    #expect(
      try agreed("permessage-deflate; client_no_context_takeover")
        == PerMessageDeflateParameters(clientNoContextTakeover: true))
    for bits in 8...15 {
      #expect(
        try agreed("permessage-deflate; server_max_window_bits=\(bits)")
          == PerMessageDeflateParameters(serverMaxWindowBits: bits))
      #expect(
        try agreed("permessage-deflate; client_max_window_bits=\"\(bits)\"")
          == PerMessageDeflateParameters(clientMaxWindowBits: bits))
    }
  }

  @Test func `what a client says of itself holds whatever the answer`() throws {
    let options = Self.options {
      $0.clientNoContextTakeover = true
      $0.clientMaxWindowBits = 10
    }
    for (answer, bits) in [("", 10), ("; client_max_window_bits=15", 10), ("; client_max_window_bits=9", 9)] {
      #expect(
        try options.parameters(fromAnswer: ["permessage-deflate\(answer)".bytes])
          == PerMessageDeflateParameters(clientNoContextTakeover: true, clientMaxWindowBits: bits))
    }
  }

  @Test(arguments: 8...14)
  func `the server's window is as offered or smaller`(offered: Int) throws {
    let options = Self.options { $0.serverMaxWindowBits = offered }
    for answered in 8...15 {
      let answer = ["permessage-deflate; server_max_window_bits=\(answered)".bytes]
      if answered <= offered {
        #expect(
          try options.parameters(fromAnswer: answer) == PerMessageDeflateParameters(serverMaxWindowBits: answered))
      } else {
        #expect(throws: NegotiationError.windowLargerThanOffered(answered, offered: offered)) {
          try options.parameters(fromAnswer: answer)
        }
      }
    }
    #expect(throws: NegotiationError.parameterMissing("server_max_window_bits")) {
      try options.parameters(fromAnswer: ["permessage-deflate".bytes])
    }
  }

  @Test func `a server that does not give up its context is refused`() {
    let options = Self.options { $0.serverNoContextTakeover = true }
    #expect(throws: NegotiationError.parameterMissing("server_no_context_takeover")) {
      try options.parameters(fromAnswer: ["permessage-deflate; client_no_context_takeover".bytes])
    }
  }

  @Test func `client_max_window_bits that was not offered is refused`() {
    let options = Self.options { $0.offersClientMaxWindowBits = false }
    #expect(throws: NegotiationError.parameterNotOffered("client_max_window_bits")) {
      try options.parameters(fromAnswer: ["permessage-deflate; client_max_window_bits=15".bytes])
    }
  }

  @Test(arguments: [
    ("permessage-bzip2", NegotiationError.extensionNotOffered("permessage-bzip2")),
    ("permessage-deflate, foo", .extensionNotOffered("foo")),
    ("Permessage-Deflate", .extensionNotOffered("Permessage-Deflate")),
    ("permessage-deflate, permessage-deflate", .extensionRepeated),
    ("permessage-deflate; foo", .unknownParameter("foo")),
    ("permessage-deflate; foo=1", .unknownParameter("foo")),
    ("permessage-deflate; Server_no_context_takeover", .unknownParameter("Server_no_context_takeover")),
    (
      "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
      .duplicateParameter("server_no_context_takeover")
    ),
    (
      "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
      .duplicateParameter("server_max_window_bits")
    ),
    (
      "permessage-deflate; server_no_context_takeover=1",
      .valueNotAllowed("server_no_context_takeover", value: "1")
    ),
    (
      "permessage-deflate; client_no_context_takeover=true",
      .valueNotAllowed("client_no_context_takeover", value: "true")
    ),
    ("permessage-deflate; server_max_window_bits", .valueMissing("server_max_window_bits")),
    ("permessage-deflate; client_max_window_bits", .valueMissing("client_max_window_bits")),
    ("permessage-deflate; server_max_window_bits=7", .valueOutOfRange("server_max_window_bits", value: "7")),
    ("permessage-deflate; server_max_window_bits=16", .valueOutOfRange("server_max_window_bits", value: "16")),
    ("permessage-deflate; server_max_window_bits=08", .valueOutOfRange("server_max_window_bits", value: "08")),
    ("permessage-deflate; server_max_window_bits=+9", .valueOutOfRange("server_max_window_bits", value: "+9")),
    ("permessage-deflate; client_max_window_bits=x", .valueOutOfRange("client_max_window_bits", value: "x")),
    ("permessage-deflate; client_max_window_bits=0", .valueOutOfRange("client_max_window_bits", value: "0")),
    ("permessage-deflate; client_max_window_bits=-9", .valueOutOfRange("client_max_window_bits", value: "-9")),
    (
      "permessage-deflate; client_max_window_bits=99999999999999999999",
      .valueOutOfRange("client_max_window_bits", value: "99999999999999999999")
    ),
    ("permessage-deflate;", .malformed("permessage-deflate;")),
    ("permessage-deflate; =", .malformed("permessage-deflate; =")),
    ("permessage-deflate; x", .unknownParameter("x")),
    ("permessage-deflate, x-other", .extensionNotOffered("x-other")),
    ("x-webkit-deflate-frame", .extensionNotOffered("x-webkit-deflate-frame")),
  ])
  func `an answer that is not valid is refused, and the error says why`(answer: String, error: NegotiationError) {
    #expect(throws: error) { try PerMessageDeflateOptions().parameters(fromAnswer: [answer.bytes]) }
  }

  @Test func `the answer may be in another field than the first`() throws {
    #expect(
      try PerMessageDeflateOptions().parameters(fromAnswer: ["".bytes, "permessage-deflate".bytes])
        == PerMessageDeflateParameters())
    #expect(throws: NegotiationError.extensionRepeated) {
      try PerMessageDeflateOptions().parameters(fromAnswer: ["permessage-deflate".bytes, "permessage-deflate".bytes])
    }
  }
}
