/// A server's answer to a client's offers.
public struct PerMessageDeflateAnswer: Sendable, Hashable {
  /// What is agreed once the answer is sent.
  public var parameters: PerMessageDeflateParameters
  /// The value for the response's `Sec-WebSocket-Extensions`.
  public var text: String
}

extension PerMessageDeflateOptions {
  /// Chooses among a client's offers (RFC 7692 7.1): the first that is valid and within these options.
  ///
  /// An offer with an unknown or doubled parameter or a value out of range is declined, and the next is looked at; so
  /// is every other extension. What these options ask of the client and the offer does not allow (a smaller window
  /// without `client_max_window_bits`) declines the offer as well.
  ///
  /// - Parameter fieldValues: the values of every `Sec-WebSocket-Extensions` field of the request.
  /// - Returns: the answer, or nil to answer without the field: the connection is without compression.
  /// - Throws: `malformed` alone; the handshake has to be refused, with 400 (RFC 6455 9.1).
  public func answer(toOffers fieldValues: [[UInt8]]) throws(NegotiationError) -> PerMessageDeflateAnswer? {
    for offer in try WebSocketExtension.parse(fieldValues) where offer.name == Names.permessageDeflate {
      if let offer = try? WrittenParameters(offer, in: .offer), let answer = answer(to: offer) { return answer }
    }
    return nil
  }

  private func answer(to offer: WrittenParameters) -> PerMessageDeflateAnswer? {
    let serverBits = min(serverMaxWindowBits.asWindowBits, offer.serverMaxWindowBits ?? largestWindowBits)
    let clientBits = min(clientMaxWindowBits.asWindowBits, offer.clientMaxWindowBits ?? largestWindowBits)
    guard offer.hasClientMaxWindowBits || clientBits == largestWindowBits else { return nil }

    var answer = WrittenParameters()
    answer.serverNoContextTakeover = serverNoContextTakeover || offer.serverNoContextTakeover
    answer.clientNoContextTakeover = clientNoContextTakeover || offer.clientNoContextTakeover
    // 7.1.2.1: an offer with the parameter is accepted by answering with it.
    if offer.serverMaxWindowBits != nil || serverBits < largestWindowBits { answer.serverMaxWindowBits = serverBits }
    if clientBits < largestWindowBits {
      answer.hasClientMaxWindowBits = true
      answer.clientMaxWindowBits = clientBits
    }
    return PerMessageDeflateAnswer(
      parameters: PerMessageDeflateParameters(
        serverNoContextTakeover: answer.serverNoContextTakeover,
        clientNoContextTakeover: answer.clientNoContextTakeover, serverMaxWindowBits: serverBits,
        clientMaxWindowBits: clientBits),
      text: answer.written.text)
  }
}
