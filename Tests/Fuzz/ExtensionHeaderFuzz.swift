// Any bytes as the Sec-WebSocket-Extensions fields of a head, one a line: what is read says the same when it is written
// and read again, a server answers only with what its options and the offer allow, a client takes only what it offered,
// and whatever two sides agree on is the same on both.

import PerMessageDeflate

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let stream = Stream(data, count)
  let values = stream.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { Array($0) }
  var random = SeededGenerator(seed: UInt64(stream.seed))
  let client = options(&random)
  let server = options(&random)

  guard let extensions = try? WebSocketExtension.parse(values) else {
    require((try? server.answer(toOffers: values)) == nil, "an answer to what cannot be read")
    require((try? client.parameters(fromAnswer: values)) == nil, "agreed on what cannot be read")
    return 0
  }
  for one in extensions {
    require((try? WebSocketExtension.parse([Array(one.text.utf8)])) == [one], "\(one.text)")
  }
  let joined = Array(extensions.map { $0.text }.joined(separator: ", ").utf8)
  require((try? WebSocketExtension.parse([joined])) == extensions, "\(extensions)")

  let offers = extensions.filter { $0.name == "permessage-deflate" }
  do throws(NegotiationError) {
    if let answer = try server.answer(toOffers: values) {
      require(!offers.isEmpty, "an answer to no offer")
      check(answer, server, offers)
    }
    if let agreed = try client.parameters(fromAnswer: values) {
      require(extensions.count == 1 && offers.count == 1, "\(extensions)")
      require(agreed.serverMaxWindowBits <= client.serverMaxWindowBits, "\(agreed)")
      require(agreed.clientMaxWindowBits <= client.clientMaxWindowBits, "\(agreed)")
      require(agreed.serverNoContextTakeover || !client.serverNoContextTakeover, "\(agreed)")
      require(agreed.clientNoContextTakeover || !client.clientNoContextTakeover, "\(agreed)")
    }
  } catch {
    // A client may meet anything; it must not crash.
  }

  // Our client with our server behind whatever else stands in the field.
  let offer = Array(client.offer.utf8)
  do throws(NegotiationError) {
    guard let answer = try server.answer(toOffers: [offer]) else { return 0 }
    let agreed = try client.parameters(fromAnswer: [Array(answer.text.utf8)])
    // A client that does not offer its window may keep to a smaller one that the server need not know.
    var expected = answer.parameters
    if !client.offersClientMaxWindowBits { expected.clientMaxWindowBits = client.clientMaxWindowBits }
    require(agreed == expected, "\(client.offer): \(answer)")
  } catch {
    fatalError("\(client.offer): \(error)")
  }
  return 0
}

private func check(
  _ answer: PerMessageDeflateAnswer, _ server: PerMessageDeflateOptions, _ offers: [WebSocketExtension]
) {
  let agreed = answer.parameters
  require((8...server.serverMaxWindowBits).contains(agreed.serverMaxWindowBits), "\(answer)")
  require((8...server.clientMaxWindowBits).contains(agreed.clientMaxWindowBits), "\(answer)")
  require(agreed.serverNoContextTakeover || !server.serverNoContextTakeover, "\(answer)")
  require(agreed.clientNoContextTakeover || !server.clientNoContextTakeover, "\(answer)")
  // A client that offered all that can be offered takes the answer, unless it names what the offer did not.
  var widest = PerMessageDeflateOptions()
  widest.serverMaxWindowBits = 15
  widest.clientMaxWindowBits = 15
  guard let read = try? widest.parameters(fromAnswer: [Array(answer.text.utf8)]) else { fatalError("\(answer)") }
  require(read == agreed, "\(answer): \(read)")
  if answer.text.contains("client_max_window_bits") {
    require(offers.contains { $0.parameters.contains { $0.name == "client_max_window_bits" } }, "\(answer)")
  }
}

private func options(_ random: inout SeededGenerator) -> PerMessageDeflateOptions {
  var options = PerMessageDeflateOptions()
  options.serverNoContextTakeover = Bool.random(using: &random)
  options.clientNoContextTakeover = Bool.random(using: &random)
  options.offersClientMaxWindowBits = Bool.random(using: &random)
  options.serverMaxWindowBits = Int.random(in: 8...15, using: &random)
  options.clientMaxWindowBits = Int.random(in: 8...15, using: &random)
  return options
}
