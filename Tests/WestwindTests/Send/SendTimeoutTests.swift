import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// The error of a frame of which nothing could be sent in this time.
func givenUp(_ timeout: Timeout) -> WebSocketError { timeout == .immediate ? .wouldBlock : .timedOut }

/// Sending that runs out of time.
struct SendTimeoutTests {
  @Test(arguments: Role.all, [.immediate, .milliseconds(30)] as [Timeout])
  func `with nothing written the frame is refused, and the connection goes on`(role: Role, timeout: Timeout) throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(role, socket, peer) { session in
      let filler = [UInt8](repeating: 0xEE, count: 1000)
      try session.socket.send(filler)
      for _ in 0..<3 {
        let time = elapsed {
          let error = failure { try session.ws.sendMsg("grüße", timeout: timeout) }
          #expect(error == givenUp(timeout))
          #expect(error?.errno == (timeout == .immediate ? .wouldBlock : .timedOut))
        }
        #expect(time >= (timeout == .immediate ? .zero : .milliseconds(30)))
        #expect(time < .seconds(15))
      }
      // A fragment given up leaves the message as it was: none is open.
      #expect(
        failure { try session.ws.sendMsg([1], opcode: .binary, final: false, timeout: timeout) } == givenUp(timeout))
      #expect(failure { try session.ws.sendMsg([1], opcode: .close, timeout: timeout) }?.errno == .invalidArgument)
      #expect(try peer.read(1000) == filler)
      try session.ws.sendMsg("now", timeout: patience)
      #expect(try peer.readFrame().unmasked == Frame(.text, "now".bytes))
      #expect(try peer.readAvailable() == [])
      #expect(websocketContexts().first { $0.descriptor == session.ws }?.framesSent == 1)
    }
  }

  @Test(arguments: Role.all, [1, 2, 3, 4, 5, 7, 8, 9, 50, 99])
  func `Must differ: with part of a frame written the connection is over, here and in every later call`(
    role: Role, written: Int
  ) throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(role, socket, peer) { session in
      let filler = [UInt8](repeating: 0xEE, count: 1000 - written)
      try session.socket.send(filler)
      let error = failure { try session.ws.sendMsg([UInt8](repeating: 7, count: 100), timeout: .milliseconds(30)) }
      #expect(error == .aborted)
      #expect(error?.errno == .connectionAbort)
      try check(session, filler, written)
    }
  }

  /// What is left when a frame of 100 bytes has been given up with some of it written.
  private func check(_ session: Session, _ filler: [UInt8], _ written: Int) throws {
    #expect(try session.peer.read(filler.count) == filler)
    // There is room again, and still not another byte may follow.
    #expect(failure { try session.ws.sendMsg("x", timeout: patience) }?.errno == .socketNotConnected)
    #expect(failure { try session.ws.sendMsg([], opcode: .close, timeout: patience) }?.errno == .socketNotConnected)
    #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: patience) }?.errno == .socketNotConnected)
    #expect(failure { try session.ws.withCork {} }?.errno == .socketNotConnected)
    #expect(websocketContexts().first { $0.descriptor == session.ws }?.state == .failed)
    #expect(try session.disconnect() == CloseStatus(code: .abnormal))
    try session.closeSocket()
    let rest = try session.peer.readToEnd()
    #expect(rest.count == written)
    #expect(try parseFrames(rest).frames == [])
  }

  @Test func `with part of a large frame written, past our own buffer, the connection is over too`() throws {
    for role in Role.all {
      let (socket, peer) = try memoryPair(capacity: 100_000)
      try withSession(role, socket, peer) { session in
        let payload = [UInt8](repeating: 7, count: 200_000)
        #expect(failure { try session.ws.sendMsg(payload, timeout: .milliseconds(30)) } == .aborted)
        try check(session, [], 100_000)
      }
    }
  }

  @Test func `a reader that is blocked learns at once that a sender has failed the connection`() throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(.server, socket, peer) { session in
      let reader = try SleepingThread { failure { try session.ws.recvMsg(maxCount: 10) } }
      #expect(
        failure { try session.ws.sendMsg([UInt8](repeating: 7, count: 2000), timeout: .milliseconds(30)) } == .aborted)
      #expect(try reader.join()?.errno == .socketNotConnected)
    }
  }

  @Test func `a sender that waits for another one's turn times out with nothing written`() throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withSession(.server, socket, peer) { session in
      let payload = pattern(size: 5000, seed: 1)
      let first = try SleepingThread { try session.ws.sendMsg(payload) }
      #expect(failure { try session.ws.sendMsg("second", timeout: .milliseconds(30)) } == .timedOut)
      #expect(failure { try session.ws.sendMsg("second", timeout: .immediate) } == .busy)
      #expect(try peer.readFrame() == Frame(.binary, payload))
      #expect(try first.join() == 5000)
      try session.ws.sendMsg("third")
      #expect(try peer.readFrame() == Frame(.text, "third".bytes))
    }
  }

  @Test func `a peer that is gone is the network's error, then ENOTCONN`() throws {
    try withSession(over: .memory) { session in
      session.peer.close()
      let error = failure { try session.ws.sendMsg("x") }
      #expect(error == .connectionLost(.brokenPipe))
      #expect(error?.errno == .brokenPipe)
      #expect(failure { try session.ws.sendMsg("x") }?.errno == .socketNotConnected)
      #expect(failure { try session.ws.recvMsg(maxCount: 1, timeout: patience) }?.errno == .socketNotConnected)
    }
  }
}
