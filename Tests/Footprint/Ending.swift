import Glibc
import SystemPackage
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// The ways in which a connection comes to its end, or does not come about.
enum Ending: Int, CaseIterable, Sendable {
  case clientDisconnects
  case serverUnregisters
  case bothDisconnectAtOnce
  case clientVanishes
  case serverVanishesWithReset
  case serverSendsHalfAFrame
  case serverBreaksTheProtocol
  case clientLeavesMessageUnread
  case serverRefuses
  case clientRefusesInCallback
  case serverClosesWithoutAnswer
  case clientSendsNonsense

  /// Opens a connection as a client, and ends its part of it.
  func client(_ socket: SocketDescriptor, _ options: WebSocketOptions) throws {
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.options = options
    if self == .clientRefusesInCallback { request.onConnect = { _, _ in throw Errno.permissionDenied } }
    if self == .clientSendsNonsense {
      try socket.send(Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8))
      _ = try socket.recv(maxCount: 1000, timeout: .seconds(60))
      return
    }
    let ws: WebSocketDescriptor
    do throws(WebSocketError) {
      ws = try websocketConnect(socket, request, timeout: .seconds(60))
    } catch {
      let isExpected = [.serverRefuses, .clientRefusesInCallback, .serverClosesWithoutAnswer].contains(self)
      guard isExpected else { throw error }
      return
    }
    _ = try? ws.sendMsg([UInt8](repeating: 1, count: 3000), timeout: .seconds(60))
    switch self {
    case .clientVanishes:
      try socket.shutdown(.readWrite)
    case .clientLeavesMessageUnread:
      _ = try? ws.peekMsg(timeout: .seconds(60))
    case .clientDisconnects, .bothDisconnectAtOnce:
      break
    default:
      do throws(WebSocketError) {
        while try !ws.receiveMessage(timeout: .seconds(60)).isClose {}
      } catch {}
    }
    _ = try? websocketDisconnect(ws, code: .normal, reason: "\(self)", timeout: .seconds(60))
  }

  /// The server's part. It closes the socket.
  func server(_ socket: SocketDescriptor, _ options: WebSocketOptions) throws {
    switch self {
    case .serverRefuses:
      _ = try socket.recv(maxCount: 10_000, timeout: .seconds(60))
      try socket.send(Array("HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy".utf8))
      return try socket.close()
    case .serverClosesWithoutAnswer:
      _ = try socket.recv(maxCount: 10_000, timeout: .seconds(60))
      return try socket.close()
    default:
      break
    }
    let ws: WebSocketDescriptor
    do throws(WebSocketError) {
      ws = try websocketUpgrade(socket, options: options, timeout: .seconds(60))
    } catch {
      try socket.close()
      if self == .clientSendsNonsense { return }
      throw error
    }
    _ = try? ws.sendMsg("welcome", timeout: .seconds(60))
    switch self {
    case .serverUnregisters, .bothDisconnectAtOnce:
      break
    case .serverVanishesWithReset:
      var linger = linger(l_onoff: 1, l_linger: 0)
      try withUnsafeBytes(of: &linger) { bytes throws(Errno) in
        try socket.setsockopt(level: SOL_SOCKET, name: SO_LINGER, value: RawSpan(_unsafeBytes: bytes))
      }
      _ = try? websocketDisconnect(ws, timeout: .immediate)
      return try socket.close()
    case .serverSendsHalfAFrame:
      _ = try? socket.send([0x82, 100, 1, 2, 3])
      try? socket.shutdown(.write)
    case .serverBreaksTheProtocol:
      _ = try? socket.send([0x83, 0])  // an opcode that has no meaning
    default:
      do throws(WebSocketError) {
        while try !ws.receiveMessage(timeout: .seconds(60)).isClose {}
      } catch {}
    }
    _ = try? websocketUnregister(ws)
  }
}
