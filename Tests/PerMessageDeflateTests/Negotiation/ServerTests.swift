import PerMessageDeflate
import Testing

/// RFC 7692 7.1, as a server sees it.
struct ServerTests {
  static let plain = PerMessageDeflateOptions()

  static func answer(_ offers: String, _ options: PerMessageDeflateOptions = plain) throws -> PerMessageDeflateAnswer? {
    try options.answer(toOffers: [offers.bytes])
  }

  @Test(arguments: [
    ("permessage-deflate", "permessage-deflate"),
    ("permessage-deflate; client_max_window_bits", "permessage-deflate"),
    ("permessage-deflate; client_max_window_bits=15", "permessage-deflate"),
    ("permessage-deflate; client_max_window_bits=10", "permessage-deflate; client_max_window_bits=10"),
    ("permessage-deflate; client_max_window_bits=8", "permessage-deflate; client_max_window_bits=8"),
    ("permessage-deflate; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=8"),
    ("permessage-deflate; server_max_window_bits=\"1\\0\"", "permessage-deflate; server_max_window_bits=10"),
    ("permessage-deflate; server_max_window_bits=15", "permessage-deflate; server_max_window_bits=15"),
    ("permessage-deflate; server_no_context_takeover", "permessage-deflate; server_no_context_takeover"),
    ("permessage-deflate; client_no_context_takeover", "permessage-deflate; client_no_context_takeover"),
    (
      "permessage-deflate; client_max_window_bits=9; server_max_window_bits=11; client_no_context_takeover; "
        + "server_no_context_takeover",
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=11; "
        + "client_max_window_bits=9"
    ),
  ])
  func `a valid offer is accepted as it is`(offer: String, answer: String) throws {
    #expect(try Self.answer(offer)?.text == answer)
  }

  @Test(arguments: [
    "", "foo", "x-webkit-deflate-frame", "Permessage-deflate", "permessage-deflate; foo", "permessage-deflate; foo=1",
    "permessage-deflate; client_max_window_bits; client_max_window_bits",
    "permessage-deflate; server_no_context_takeover=1", "permessage-deflate; client_no_context_takeover=\"x\"",
    "permessage-deflate; server_max_window_bits", "permessage-deflate; server_max_window_bits=7",
    "permessage-deflate; server_max_window_bits=16", "permessage-deflate; server_max_window_bits=010",
    "permessage-deflate; client_max_window_bits=7", "permessage-deflate; client_max_window_bits=16",
    "permessage-deflate; client_max_window_bits=09",
  ])
  func `an offer that is not valid is declined, and the next is looked at`(offer: String) throws {
    #expect(try Self.answer(offer) == nil)
    let next = try Self.answer(offer + ", permessage-deflate; server_max_window_bits=12")
    #expect(next?.text == "permessage-deflate; server_max_window_bits=12")
    #expect(try Self.plain.answer(toOffers: [offer.bytes, "permessage-deflate".bytes])?.text == "permessage-deflate")
  }

  @Test func `a request without the field is answered without it`() throws {
    #expect(try Self.plain.answer(toOffers: []) == nil)
  }

  @Test func `the first acceptable offer is taken`() throws {
    let answer = try Self.answer(
      "permessage-deflate; server_max_window_bits=10, permessage-deflate; server_max_window_bits=9")
    #expect(answer?.text == "permessage-deflate; server_max_window_bits=10")
    #expect(answer?.parameters == PerMessageDeflateParameters(serverMaxWindowBits: 10))
    let behindOthers = try Self.plain.answer(toOffers: [
      "permessage-deflate; unknown, x-other; a=1".bytes,
      "permessage-deflate; server_max_window_bits=10, permessage-deflate".bytes,
    ])
    #expect(behindOthers?.text == "permessage-deflate; server_max_window_bits=10")
  }

  @Test func `what the server asks of the client goes into the answer, where the offer allows it`() throws {
    var options = PerMessageDeflateOptions()
    options.clientMaxWindowBits = 10
    options.clientNoContextTakeover = true
    let answer = try Self.answer("permessage-deflate; client_max_window_bits", options)
    #expect(answer?.text == "permessage-deflate; client_no_context_takeover; client_max_window_bits=10")
    #expect(
      answer?.parameters == PerMessageDeflateParameters(clientNoContextTakeover: true, clientMaxWindowBits: 10))
    #expect(try Self.answer("permessage-deflate", options) == nil)
  }

  @Test func `a field that is not of the grammar is an error`() {
    #expect(throws: NegotiationError.malformed("permessage-deflate;")) { try Self.answer("permessage-deflate;") }
  }

  @Test func `the server's own wishes are in the answer, and the smaller window counts`() throws {
    var options = PerMessageDeflateOptions()
    options.serverNoContextTakeover = true
    options.clientNoContextTakeover = true
    options.serverMaxWindowBits = 11
    options.clientMaxWindowBits = 12
    for (offered, agreed) in [(9, 9), (11, 11), (13, 11), (15, 11)] {
      let answer = try Self.answer(
        "permessage-deflate; server_max_window_bits=\(offered); client_max_window_bits", options)
      #expect(
        answer?.parameters
          == PerMessageDeflateParameters(
            serverNoContextTakeover: true, clientNoContextTakeover: true, serverMaxWindowBits: agreed,
            clientMaxWindowBits: 12))
      #expect(
        answer?.text
          == "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
          + "server_max_window_bits=\(agreed); client_max_window_bits=12")
    }
    for (offered, agreed) in [(8, 8), (10, 10), (12, 12), (14, 12)] {
      let answer = try Self.answer("permessage-deflate; client_max_window_bits=\(offered)", options)
      #expect(answer?.parameters.clientMaxWindowBits == agreed)
    }
  }

  @Test func `a client that cannot be held to the smaller window is declined`() throws {
    var options = PerMessageDeflateOptions()
    options.clientMaxWindowBits = 12
    #expect(try Self.answer("permessage-deflate", options) == nil)
    let next = try Self.answer("permessage-deflate, permessage-deflate; client_max_window_bits", options)
    #expect(next?.text == "permessage-deflate; client_max_window_bits=12")
  }

  @Test func `both sides agree on the same, for all options of both`() throws {
    func all(_ index: Int) -> PerMessageDeflateOptions {
      var options = PerMessageDeflateOptions()
      options.serverNoContextTakeover = index & 1 == 1
      options.clientNoContextTakeover = index & 2 == 2
      options.offersClientMaxWindowBits = index & 4 == 4
      options.serverMaxWindowBits = [8, 11, 15][index / 8 % 3]
      options.clientMaxWindowBits = [8, 11, 15][index / 24]
      return options
    }
    var mismatches: [String] = []
    for client in (0..<72).map(all) {
      for server in (0..<72).map(all) {
        guard let answer = try Self.answer(client.offer, server) else {
          if client.offersClientMaxWindowBits || server.clientMaxWindowBits == 15 { mismatches.append(client.offer) }
          continue
        }
        // A client that does not offer its window may keep to a smaller one that the server need not know.
        var expected = answer.parameters
        if !client.offersClientMaxWindowBits { expected.clientMaxWindowBits = client.clientMaxWindowBits }
        let agreed = try client.parameters(fromAnswer: [answer.text.bytes])
        if agreed != expected { mismatches.append("\(client.offer) -> \(answer.text)") }
      }
    }
    #expect(mismatches == [])
  }
}
