import Glibc
import SystemPackage
import Testing
import WebSocket
import WestwindC

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

  @Test(arguments: rows)
  func `each error has the code that Zephyr has for it`(row: Row) {
    for function in Function.allCases {
      #expect(row.error.code(of: function).rawValue == row.exceptions[function] ?? row.code, "\(function)")
    }
  }
}
