import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// `websocketDisconnect`.
struct DisconnectTests {
  @Test(arguments: Role.all, Wire.allCases)
  func `it sends CLOSE with code and reason, waits for the peer's, and leaves the socket open`(role: Role, wire: Wire)
    throws
  {
    // By default CLOSE has no body.
    for isDefault in [false, true] {
      try withSession(role, over: wire) { session in
        let peer = BlockingThread {
          let frame = try session.peer.readFrame()
          try session.write(isDefault ? Frame(.close) : Frame(closing: 4000, "so be it"))
          return frame
        }
        let status =
          try isDefault ? session.disconnect() : session.disconnect(code: CloseCode(rawValue: 3001), reason: "grüße")
        #expect(
          status
            == (isDefault
              ? CloseStatus(code: .noStatus) : CloseStatus(code: CloseCode(rawValue: 4000), reason: "so be it")))
        let frame = try peer.join()
        #expect(frame.unmasked == (isDefault ? Frame(.close) : Frame(closing: 3001, "grüße")))
        #expect(frame.isMasked == (role == .client))
        // The socket is the caller's, as it was.
        try session.socket.send("raw".bytes)
        #expect(try session.peer.read(3).text == "raw")
      }
    }
  }

  @Test(arguments: Role.all)
  func `it reads past what the peer still sends: rests of frames, messages, PINGs`(role: Role) throws {
    try withSession(role, over: .memory) { session in
      // A frame is half delivered, and its other half has not come yet.
      let half = session.bytes(Frame(.binary, pattern(size: 100_000, seed: 1)))
      try session.peer.write(Array(half.prefix(50_000)))
      _ = try session.ws.recvMsg(maxCount: 10, timeout: patience)
      let peer = BlockingThread {
        let frame = try session.peer.readFrame()
        try session.peer.write(Array(half.dropFirst(50_000)))
        try session.write(
          Frame(.text, "more".bytes, isFinal: false), Frame(.ping, [1]), Frame(.continuation),
          Frame(.binary, pattern(size: 200_000, seed: 2)), Frame(.pong), Frame(closing: 1000, "at last"))
        return frame
      }
      #expect(try session.disconnect(code: .normal) == CloseStatus(code: .normal, reason: "at last"))
      #expect(try peer.join().closeCode == 1000)
    }
  }

  @Test func `a peer that sends without end, but no CLOSE, is waited for up to the timeout`() throws {
    try withSession { session in
      let peer = BlockingThread {
        while (try? session.write(Frame(.text, "and another thing".bytes))) != nil {}
      }
      let time = try elapsed { () throws in
        #expect(try session.disconnect(timeout: .milliseconds(100)) == CloseStatus(code: .abnormal))
      }
      #expect(time < .seconds(15))
      try session.closeSocket()
      try peer.join()
    }
  }

  @Test func `immediate does not wait, but CLOSE leaves`() throws {
    try withSession { (session) throws in
      #expect(try session.disconnect(code: .goingAway, timeout: .immediate).code == .abnormal)
      #expect(try session.peer.readFrame().unmasked == Frame(closing: 1001))
    }
  }

  @Test func `where the peer's CLOSE has come already nobody is waited for`() throws {
    try withSession { session in
      try session.write(Frame(.text, "unread".bytes), Frame(closing: 1012, "restart"))
      #expect(try session.socket.poll(for: .readable, timeout: patience) == .readable)
      #expect(
        try session.disconnect(timeout: .forever)
          == CloseStatus(code: CloseCode(rawValue: 1012), reason: "restart"))
    }
  }

  @Test func `where the stream has ended it says 1006, and is no error`() throws {
    for wire in Wire.allCases {
      try withSession(over: wire) { (session) throws in
        session.peer.close()
        #expect(try session.disconnect(timeout: .forever) == CloseStatus(code: .abnormal))
      }
    }
  }

  @Test func `a code that may not be sent, or a reason without one or too long, is EINVAL, and nothing is done`() throws
  {
    try withSession { session in
      let error = failure { try websocketDisconnect(session.ws, code: CloseCode(rawValue: 1005)) }
      #expect(error == .invalidArgument(.closeReason))
      #expect(error?.errno == .invalidArgument)
      let long = String(repeating: "x", count: 124)
      #expect(failure { try websocketDisconnect(session.ws, reason: "why") } == .invalidArgument(.closeReason))
      #expect(
        failure { try websocketDisconnect(session.ws, code: .normal, reason: long) } == .invalidArgument(.closeReason))
      try session.ws.sendMsg("still open")
      #expect(try session.peer.readFrame().payload.text == "still open")
      let most = String(repeating: "x", count: 123)
      try session.disconnect(code: .normal, reason: most, timeout: .immediate)
      #expect(try session.peer.readFrame().unmasked == Frame(closing: 1000, most))
    }
  }

  @Test func `where CLOSE cannot be sent in time it is ETIMEDOUT, and the descriptor is free all the same`() throws {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { session in
      try session.socket.send([UInt8](repeating: 0xEE, count: 100))
      let error = failure { try session.disconnect(timeout: .milliseconds(50)) }
      #expect(error == .timedOut)
      #expect(error?.errno == .timedOut)
      #expect(!websocketContexts().contains { $0.socket == session.socket })
      let again = try websocketRegister(session.socket)
      _ = try? websocketDisconnect(again, timeout: .immediate)
    }
  }

  @Test func `what had been sent leaves before CLOSE, also what the socket had not taken`() throws {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { session in
      try session.ws.descriptor.send(String(repeating: "x", count: 120).bytes, flags: .dontWait)
      let end = BlockingThread { try session.disconnect(code: .normal, timeout: patience) }
      #expect(try peer.readFrame().payload.count == 120)
      #expect(try peer.readFrame() == Frame(closing: 1000))
      try session.write(Frame(closing: 1000))
      #expect(try end.join() == CloseStatus(code: .normal))
    }
  }
}
