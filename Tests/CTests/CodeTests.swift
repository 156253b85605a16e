import Glibc
import MQTTProtocol
import SystemPackage
import Testing
import Westwind
import WestwindC
import WestwindMQTT

/// The table of codes, row by row: what each function of Zephyr's says for each error of the Swift calls.
struct CodeTests {
  struct Row: Sendable {
    var error: WebSocketError
    /// As Zephyr has it; where it has nothing of the kind, what a socket says.
    var code: CInt
    var exceptions: [Function: CInt] = [:]
  }

  static let rows = [
    Row(error: .invalidArgument(.emptyBuffer), code: EINVAL),
    Row(error: .invalidArgument(.maskNotForRole), code: EINVAL),
    Row(error: .invalidArgument(.frame(.afterClose)), code: EINVAL),
    Row(error: .badDescriptor, code: EBADF, exceptions: [.connect: ECONNABORTED, .unregister: ENOENT]),
    Row(error: .notAWebSocket, code: ENOENT),
    Row(error: .socketInUse, code: EEXIST),
    Row(error: .tooManyContexts(limit: 1), code: ENOENT),
    Row(error: .notSupported(symbol: "WEBSOCKET_CLIENT"), code: ENOTSUP),
    Row(error: .refused("why"), code: ECONNABORTED),
    Row(error: .wouldBlock, code: EAGAIN),
    Row(error: .timedOut, code: ETIMEDOUT),
    Row(error: .aborted, code: ECONNABORTED),
    Row(error: .notConnected(nil), code: ENOTCONN),
    Row(error: .notConnected(CloseStatus(code: .normal)), code: ENOTCONN),
    Row(error: .connectionLost(.connectionReset), code: ECONNRESET),
    Row(error: .connectionLost(.brokenPipe), code: EPIPE),
    Row(error: .protocolViolation(.maskedByServer), code: EPROTO),
    Row(error: .messageTooBig(limit: 1), code: EMSGSIZE),
    Row(error: .keepAliveExpired, code: ETIMEDOUT),
    Row(error: .system(.noMemory), code: ENOMEM, exceptions: [.connect: ECONNABORTED]),
    Row(error: .system(.tooManyOpenFiles), code: EMFILE, exceptions: [.connect: ENOSPC, .register: ENOSPC]),
    Row(error: .system(.tooManyOpenFilesInSystem), code: ENFILE, exceptions: [.connect: ENOSPC, .register: ENOSPC]),
  ]

  /// Of `<zephyr/net/mqtt.h>`, whose functions have the same codes all.
  static let mqttRows: [(error: MQTTError, code: CInt)] = [
    (.invalidArgument(.packet(.fieldTooLong(65536))), EINVAL),
    (.refused(.notInThisState), ENOTCONN),
    (.refused(.violation(.emptyList(.subscribe))), EINVAL),
    (.refused(.noFreeIdentifier), EAGAIN),
    (.refused(.windowFull(20)), EAGAIN),
    (.refused(.resendFirst), EAGAIN),
    (.refused(.identifierNotFree(1)), EINVAL),
    (.refused(.packetTooLarge(size: 2, limit: 1)), EMSGSIZE),
    (.refused(.qosNotSupported(.atMostOnce)), ENOTSUP),
    (.refused(.retainNotSupported), ENOTSUP),
    (.refused(.wildcardSubscriptionsNotSupported), ENOTSUP),
    (.refused(.subscriptionIdentifiersNotSupported), ENOTSUP),
    (.refused(.sharedSubscriptionsNotSupported), ENOTSUP),
    (.refused(.topicAliasTooGreat(2, limit: 1)), EINVAL),
    (.refused(.topicAliasUnknown(1)), EINVAL),
    (.refused(.answerOutOfOrder(first: nil)), EINVAL),
    (.refused(.reasonCode(.protocolError)), EINVAL),
    (.refused(.sessionExpiryNotAllowed), EINVAL),
    (.refused(.authenticationNotAllowed), EPROTO),
    (.refused(.receiveMaximumBeyondLimit(1)), EINVAL),
    (.refused(.topicAliasMaximumBeyondLimit(1)), EINVAL),
    (.refused(.recordDoesNotFit), EINVAL),
    (.notConnected, ENOTCONN),
    (.alreadyConnected, EISCONN),
    (.insideCallback, EBUSY),
    (.payloadUnread(remaining: 1), EBUSY),
    (.notSupported(symbol: "MQTT_LIB"), ENOTSUP),
    (.transport(.notConnected), ENOTCONN),
    (.transport(.closed), ENOTCONN),
    (.transport(.webSocketClosed(code: nil, reason: "")), ENOTCONN),
    (.transport(.handshake(WebSocketError.refused("why"))), ECONNABORTED),
    (.transport(.handshake(WebSocketError.tooManyContexts(limit: 1))), ENOENT),
    (.transport(.handshake(WebSocketError.system(.tooManyOpenFiles))), EMFILE),
    (.transport(.handshake(WebSocketError.system(.tooManyOpenFilesInSystem))), ENFILE),
    (.transport(.connect(ConnectError(.tls, .timedOut, target: "h:8883"))), ETIMEDOUT),
    (.transport(.subprotocol(offered: ["mqtt"], chosen: nil)), ECONNABORTED),
    (.transport(.wouldBlock), EAGAIN),
    (.transport(.timedOut), ETIMEDOUT),
    (.transport(.textFrame), EPROTO),
    (.transport(.webSocket(WebSocketError.connectionLost(.brokenPipe))), EPIPE),
    (.transport(.connectionLost(.connectionReset)), ECONNRESET),
    (.connectionRefused(.notAuthorized, version: .mqtt5, properties: MQTTProperties()), ECONNREFUSED),
    (.noConnAck, ETIMEDOUT),
    (.keepAliveExpired, ETIMEDOUT),
    (.violation(.publishQoS3), EINVAL),
    (.violation(.packetIdentifierZero), EBADMSG),
    (.violation(.packetTooLarge(size: 2, limit: 1)), ENOMEM),
    (.violation(.bufferTooSmall(limit: 64)), ENOMEM),
    (.violation(.topicAliasInvalid(0)), EBADMSG),
    (.disconnected(.serverBusy, properties: MQTTProperties()), ECONNRESET),
    (.store(.recordsDoNotFit), EIO),
    (.payloadSource("why"), EIO),
    (.aborted, ECONNABORTED),
    (.system(.noMemory), ENOMEM),
  ]

  @Test(arguments: mqttRows)
  func `each error of MQTT has its code`(row: (error: MQTTError, code: CInt)) {
    #expect(row.error.code.rawValue == row.code)
  }

  @Test(arguments: rows)
  func `each error has the code that Zephyr has for it`(row: Row) {
    for function in Function.allCases {
      #expect(row.error.code(of: function).rawValue == row.exceptions[function] ?? row.code, "\(function)")
    }
  }
}
