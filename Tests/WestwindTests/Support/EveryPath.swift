import HTTPTypes
import SystemPackage
import Testing
import Westwind
import WestwindSockets

/// Every way in which a WebSocket can come about and end, or not come about.
enum EveryPath {
  /// Opens and closes one as a client; a field `X-Refuse` in the answer has the callback refuse it.
  private static func open(_ answer: @escaping @Sendable (HTTPHead) -> String?) throws -> WebSocketError? {
    try withAttempt {
      $0.options.maxContexts = 1
      $0.onConnect = { _, response in
        if response.fields.contains(HTTPField.Name("X-Refuse")!) { throw Errno.permissionDenied }
      }
    } peer: { peer in
      guard let text = answer(try peer.readHead()) else { return peer.close() }
      try peer.write(text)
    } _: {
      $0.error
    }
  }

  /// Walks them all, with no other WebSocket open in the process.
  static func walk() throws {
    #expect(try open { $0.acceptance } == nil)
    #expect(try open { response($0.acceptanceLines + ["X-Refuse: 1"]) }?.errno == .connectionAbort)
    #expect(try open { _ in "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n" }?.errno == .connectionAbort)
    #expect(try open { _ in "nonsense\r\n\r\n" }?.errno == .connectionAbort)
    #expect(try open { _ in nil }?.errno == .connectionAbort)
    let limited = options { $0.maxContexts = 1 }
    // Ended by the peer, by a violation, by a stream that breaks off, by a half-sent frame.
    try withSession(options: limited) { session in
      try session.write(Frame(closing: 1000))
      #expect(try session.ws.receiveMessage(timeout: patience).isClose)
      try session.disconnect()
    }
    try withSession(options: limited) { session in
      try session.write(Frame(.continuation))
      #expect(failure { try session.ws.receiveMessage(timeout: patience) }?.errno == Errno(rawValue: 71))
      try session.disconnect()
    }
    try withSession(.server, options: limited) { session in
      try session.socket.shutdown(.readWrite)
      #expect(failure { try session.ws.receiveMessage(timeout: patience) }?.errno == .socketNotConnected)
      #expect(failure { try session.ws.sendMsg("x") } != nil)
      try session.disconnect()
    }
    let (socket, peer) = try memoryPair(capacity: 10)
    try withSession(.server, socket, peer, options: limited) { session in
      #expect(failure { try session.ws.sendMsg([UInt8](repeating: 0, count: 100), timeout: .milliseconds(20)) } != nil)
      try session.disconnect()
    }
    try withSession(options: limited) { try $0.closeWebSocket() }
    try withSession(.server, options: limited) { session in
      session.peer.close()
      try session.unregister()
    }
    // Too small a buffer is found after the place has been taken, or before.
    let (other, end) = try memoryPair()
    #expect(failure { try websocketRegister(other, options: options { $0.transmitBufferSize = 1 }) } != nil)
    try other.close()
    end.close()
  }
}
