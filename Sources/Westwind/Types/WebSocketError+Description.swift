internal import HTTPTypes
internal import SystemPackage
public import WebSocketProtocol
internal import WestwindConnecting
internal import WestwindSockets

extension WebSocketError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidArgument(let mistake): mistake.description
    case .badDescriptor: "the descriptor is not open"
    case .notAWebSocket: "the descriptor is open but is not a WebSocket; pass the one that websocketConnect returned"
    case .socketInUse: "a WebSocket is open over this socket already; disconnect it first"
    case .tooManyContexts(let limit): "\(limit) WebSockets are open, which is the limit (WEBSOCKET_MAX_CONTEXTS)"
    case .notSupported(let symbol): "this build was configured without \(symbol)"
    case .connect(let error): error.description
    case .redirect(let failure, let url): "\(url.escaped) \(failure.description)"
    case .handshake(let error): error.description
    case .refused(let why): "onConnect refused the connection: \(why.escaped)"
    case .wouldBlock: "nothing arrived in time, or the frame could not be sent without waiting; nothing was lost"
    case .busy: "another call of this kind on the connection has not returned"
    case .timedOut: "the frame could not be sent in time; nothing of it was sent"
    case .aborted: "the time was over in the middle of a frame; the connection cannot go on"
    case .notConnected(nil): "the connection has ended"
    case .notConnected(let status?): "the connection has ended: \(status)"
    case .connectionLost(let error): "the connection was lost: \(error)"
    case .protocolViolation(let violation): "the peer broke the protocol: \(violation.explanation)"
    case .messageTooBig(let limit): "a message was over the limit of \(limit) bytes (maxMessageSize)"
    case .keepAliveExpired: "the peer did not answer a PING in time"
    case .system(let error): "the system refused: \(error)"
    }
  }
}

extension WebSocketError.InvalidArgument: CustomStringConvertible {
  public var description: String {
    switch self {
    case .frame(let refusal): "the frame may not be sent: \(refusal.explanation)"
    case .maskNotForRole:
      "a client masks its frames and a server does not (RFC 6455 5.1); the option allowUnmasked lifts this"
    case .emptyBuffer: "the buffer to receive into has no room"
    case .bufferTooSmall(let minimum): "a buffer in the options is too small; it needs \(minimum) bytes"
    case .outOfRange(let name, let minimum, .max): "\(name) has to be \(minimum) at least"
    case .outOfRange(let name, let minimum, let maximum): "\(name) has to be from \(minimum) to \(maximum)"
    case .durationNotPositive(let name): "\(name) has to be more than 0"
    case .url(let error): error.description
    case .handshakeText(let error): error.explanation
    case .closeReason: "a close code that may not be sent (RFC 6455 7.4), or a reason of more than 123 bytes"
    }
  }
}

extension HandshakeError: CustomStringConvertible {
  public var description: String {
    switch cause {
    case .timedOut(0): "the handshake timed out: the peer sent nothing"
    case .timedOut(let count): "the handshake timed out after \(count) bytes of the peer's head"
    case .closed(0): "the peer closed the connection without answering the handshake"
    case .closed(let count): "the peer closed the connection after \(count) bytes of its head"
    case .connectionLost(let error): "the connection was lost during the handshake: \(error)"
    case .tls(let error): "the handshake failed: \(error)"
    case .text(.status(let status)): "the server refused the handshake: \(meaning(of: status))\(location)"
    case .text(let violation): "the handshake failed: \(violation.explanation)"
    case .extensions(let error): "the handshake failed: Sec-WebSocket-Extensions: \(error.description.escaped)"
    case .refused(let refusal): "onRequest refused the client with status \(refusal.status)"
    }
  }

  private func meaning(of status: Int) -> String {
    switch status {
    case 401 where sentCredentials: "status 401, it does not accept the authorization that was sent\(otherScheme)"
    case 300...399: "redirect, status \(status)"
    case 401: "status 401, it wants authorization\(otherScheme)"
    case 403: "status 403, forbidden"
    case 404: "status 404, no such path"
    case 407: "status 407, a proxy wants authorization"
    case 426: "status 426, it wants another version of the protocol\(versions)"
    default: "status \(status)"
    }
  }

  /// What the server wants in place of Basic, which is what the user and password of a URL are sent by.
  private var otherScheme: String {
    let schemes = response?.fields.challengeSchemes(.wwwAuthenticate) ?? []
    guard !schemes.isEmpty, !schemes.contains(where: { $0.lowercased() == "basic" }) else { return "" }
    return ", by \(schemes.joined(separator: " or ").escaped)"
  }

  private var versions: String {
    let versions = response?.fields[values: .secWebSocketVersion] ?? []
    return versions.isEmpty ? "" : ": \(versions.joined(separator: ", ").escaped), and this is 13"
  }

  private var location: String {
    guard let response, let location = response.fields[.location] else { return "" }
    return " to \(location.escaped)"
  }
}

extension ProtocolViolation {
  /// The rule, with its section of RFC 6455.
  var explanation: String {
    switch self {
    case .reservedBits(let bits): "reserved bits \(bits) set without an extension (5.2)"
    case .reservedOpcode(let opcode): "reserved opcode \(opcode) (5.2)"
    case .maskedByServer: "a server's frame is masked (5.1)"
    case .unmaskedByClient: "a client's frame is not masked (5.1)"
    case .fragmentedControlFrame: "a control frame is fragmented (5.5)"
    case .oversizeControlFrame(let length): "a control frame of \(length) bytes, over 125 (5.5)"
    case .continuationWithoutMessage: "a continuation with no message open (5.4)"
    case .messageInsideMessage: "a new message before the fragmented one ended (5.4)"
    case .lengthNotMinimal: "a length not in its shortest form (5.2)"
    case .lengthTopBitSet: "a length with its top bit set (5.2)"
    case .textNotUTF8: "text that is not UTF-8 (8.1)"
    case .closeReasonNotUTF8: "a close reason that is not UTF-8 (5.5.1)"
    case .notInflatable: "a compressed message that does not inflate (RFC 7692 7.2.2)"
    case .closeBodyOfOneByte: "a close body of one byte (5.5.1)"
    case .closeCodeNotAllowed(let code): "close code \(code), which may not be sent (7.4)"
    }
  }
}

extension SendState.Refusal {
  var explanation: String {
    switch self {
    case .reservedOpcode(let opcode): "opcode \(opcode) is reserved"
    case .afterClose: "CLOSE has been sent"
    case .controlFrameNotFinal: "a control frame has to be final"
    case .controlFrameTooLong(let length): "a control frame holds 125 bytes, not \(length)"
    case .continuationWithoutMessage: "no message is open to continue"
    case .messageInsideMessage: "the fragmented message before it is not finished"
    case .textNotUTF8: "the text is not UTF-8"
    case .closeBodyNotValid(let violation): violation.explanation
    }
  }
}

extension HandshakeTextError {
  var explanation: String {
    func quoted(_ bytes: [UInt8]) -> String { "'\(String(decoding: bytes, as: UTF8.self).escaped)'" }
    return switch self {
    case .badHost(let host): "the host \(quoted(host)) is empty or has a space or a control character in it"
    case .badTarget(let target): "the url \(quoted(target)) is empty or has a space or a control character in it"
    // its first word only: the rest may be a secret
    case .fieldWithoutColon(let line):
      "the header that begins with \(quoted(Array(line.prefix { $0 != UInt8(ascii: " ") }.prefix(32)))) has no colon"
    case .badFieldName(let name): "the header name \(quoted(name)) is not a token"
    case .badFieldValue(let name):
      "the value of the header \(quoted(name)) has CR, LF, NUL or a control character in it"
    case .reservedField(let name): "the header \(quoted(name)) is written by the handshake itself"
    case .badSubprotocol(let name): "the subprotocol \(quoted(name)) is not a token"
    case .duplicateSubprotocol(let name): "the subprotocol \(quoted(name)) is offered twice"
    }
  }
}

extension HandshakeViolation {
  var explanation: String {
    switch self {
    case .notHTTP: "the peer does not speak HTTP/1.1"
    case .versionTooOld: "the peer speaks HTTP, but a version before 1.1"
    case .malformedField: "the peer's head has a malformed header field"
    case .headTooLarge(let limit): "the peer's head is over the limit of \(limit) bytes (maxResponseHeadSize)"
    case .status(let status): "status \(status)"
    case .upgradeMissing: "no 'Upgrade: websocket'"
    case .connectionMissing: "no 'Connection: Upgrade'"
    case .acceptMissing: "no Sec-WebSocket-Accept, or more than one"
    case .acceptWrong: "Sec-WebSocket-Accept does not belong to the key"
    case .subprotocolNotOffered: "the server chose a subprotocol that was not offered"
    case .extensionNotOffered: "the server chose an extension that was not offered"
    case .methodNotGet: "the request is not GET"
    case .hostMissing: "the request has no Host, or more than one"
    case .bodyAnnounced: "the request has a body, or says its length twice"
    case .keyInvalid: "Sec-WebSocket-Key is missing or not 16 bytes in base64"
    case .versionNotSupported: "the request is not for version 13"
    }
  }
}

// MARK: The errors of the protocol's own module, which a program that calls it directly sees

extension ProtocolViolation: CustomStringConvertible {
  public var description: String { explanation }
}

extension SendState.Refusal: CustomStringConvertible {
  public var description: String { explanation }
}

extension HandshakeTextError: CustomStringConvertible {
  public var description: String { explanation }
}

extension HandshakeViolation: CustomStringConvertible {
  public var description: String { explanation }
}

extension HandshakeRefusal: CustomStringConvertible {
  public var description: String { "the client is refused with status \(status)" }
}
