import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// `websocketUnregister`, which closes the socket below too.
struct UnregisterTests {
  @Test(arguments: Role.all, Wire.allCases)
  func `it sends CLOSE, waits for the peer's, and closes the socket`(role: Role, wire: Wire) throws {
    try withSession(role, over: wire) { session in
      let peer = BlockingThread {
        let frame = try session.peer.readFrame()
        try session.write(Frame(.close))
        return (frame, try session.peer.readToEnd())
      }
      try session.unregister()
      let (frame, rest) = try peer.join()
      #expect(frame.unmasked == Frame(.close))
      #expect(rest == [])
    }
  }

  @Test func `it closes the socket also where the connection has ended, or CLOSE does not get through`() throws {
    try withSession { session in
      try session.write(Frame(closing: 1000))
      #expect(try session.ws.receiveMessage(timeout: patience).isClose)
      try session.unregister()
      #expect(try parseFrames(session.peer.readToEnd()).frames.map { $0.unmasked } == [Frame(closing: 1000)])
    }
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { session in
      try session.socket.send([UInt8](repeating: 0xEE, count: 100))
      #expect(failure { try session.unregister() } == .timedOut)
      #expect(try peer.readToEnd().count == 100)
    }
  }

  @Test func `a peer that does not answer holds it up for the close timeout at the most`() throws {
    try withSession(.server, over: .memory) { session in
      let time = try elapsed { try session.unregister() }
      #expect(time < .seconds(20))
      #expect(try session.peer.readToEnd() == Frame(.close).bytes)
    }
  }
}
