extension PerMessageDeflateOptions {
  /// What a client writes into `Sec-WebSocket-Extensions` (RFC 7692 7.1): one offer. Parameters are in it only where
  /// they ask for something other than what a server does by itself.
  public var offer: String {
    var offer = WrittenParameters()
    offer.serverNoContextTakeover = serverNoContextTakeover
    offer.clientNoContextTakeover = clientNoContextTakeover
    offer.serverMaxWindowBits = offeredServerWindowBits
    offer.hasClientMaxWindowBits = offersClientMaxWindowBits
    if clientMaxWindowBits.asWindowBits < largestWindowBits {
      offer.clientMaxWindowBits = clientMaxWindowBits.asWindowBits
    }
    return offer.written.text
  }

  /// Reads a server's answer to ``offer``.
  ///
  /// - Parameter fieldValues: the values of every `Sec-WebSocket-Extensions` field of the response.
  /// - Returns: what is agreed from now on, or nil where the server answers with no extension: the connection goes on
  ///   without compression.
  /// - Throws: the first thing that RFC 7692 7.1 does not allow in an answer to this offer. The client must fail the
  ///   connection.
  public func parameters(fromAnswer fieldValues: [[UInt8]]) throws(NegotiationError) -> PerMessageDeflateParameters? {
    let extensions = try WebSocketExtension.parse(fieldValues)
    guard let first = extensions.first else { return nil }
    for other in extensions where other.name != Names.permessageDeflate { throw .extensionNotOffered(other.name) }
    guard extensions.count == 1 else { throw .extensionRepeated }
    let answer = try WrittenParameters(first, in: .answer)

    // 7.1.1.1, 7.1.2.1: what was asked of the server has to come back. It may also come unasked.
    if serverNoContextTakeover, !answer.serverNoContextTakeover {
      throw .parameterMissing(Names.serverNoContextTakeover)
    }
    if let offered = offeredServerWindowBits {
      guard let answered = answer.serverMaxWindowBits else { throw .parameterMissing(Names.serverMaxWindowBits) }
      guard answered <= offered else { throw .windowLargerThanOffered(answered, offered: offered) }
    }
    if answer.hasClientMaxWindowBits, !offersClientMaxWindowBits {
      throw .parameterNotOffered(Names.clientMaxWindowBits)
    }
    // 7.1.1.2, 7.1.2.2: what the client said of itself holds, also where the answer leaves it out or allows more.
    return PerMessageDeflateParameters(
      serverNoContextTakeover: answer.serverNoContextTakeover,
      clientNoContextTakeover: clientNoContextTakeover || answer.clientNoContextTakeover,
      serverMaxWindowBits: answer.serverMaxWindowBits ?? largestWindowBits,
      clientMaxWindowBits: min(clientMaxWindowBits.asWindowBits, answer.clientMaxWindowBits ?? largestWindowBits))
  }

  private var offeredServerWindowBits: Int? {
    let bits = serverMaxWindowBits.asWindowBits
    return bits < largestWindowBits ? bits : nil
  }
}
