import SystemPackage
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTLS
import WestwindTestSupport
import WestwindTesting

/// One run of the fixed session: the side under test over a scripted socket, the peer in a thread of its own.
struct SessionRun {
  /// What a run came to.
  struct Outcome: Sendable {
    /// What the side under test ended with: the peer's status, or an error.
    var end: Result<CloseStatus, WebSocketError>
    /// What ended the TLS handshake, before there was a WebSocket.
    var failedTLS: TLSError?
    /// What `websocketDisconnect` threw after an error.
    var failedDisconnect: WebSocketError?
    var messages: [FixedSession.Message]
    /// The message that was being read when the error came: what there was of it.
    var unfinished: [UInt8]
    var peer: PeerOutcome
    /// Operations that the scripted socket made.
    var operations: Int
  }

  struct PeerOutcome: Sendable {
    var frames: [RawFrame] = []
    var trouble: RawPeer.Trouble?
    var bytesSent = 0
  }

  /// Every call's; a run whose calls come near it is stuck.
  static let timeout = Timeout.seconds(10)

  let setting: FaultSetting
  let session: FixedSession

  func run(_ script: ScriptedSocket.Script) throws -> Outcome {
    let (ours, theirs) = try setting.pair()
    let (scripted, counter) = try ScriptedSocket.make(over: ours, script: script)
    let peer = BlockingThread { servePeer(below: theirs) }
    var side = SideUnderTest(setting: setting, session: session)
    let failedTLS = side.run(below: scripted)
    try scripted.close()
    try ours.close()
    let peerOutcome = try peer.join()
    try theirs.close()
    return Outcome(
      end: side.end, failedTLS: failedTLS, failedDisconnect: side.failedDisconnect, messages: side.messages,
      unfinished: side.unfinished?.payload ?? [], peer: peerOutcome, operations: counter.operationCount)
  }

  /// The peer's part, with TLS where the setting has it.
  private func servePeer(below: SocketDescriptor) -> PeerOutcome {
    do throws(TLSError) {
      let socket = try setting.secured(below, as: setting.role == .client ? .server : .client)
      var outcome = servePeer(socket)
      guard socket != below else { return outcome }
      if let error = tlsInfo(socket)?.lastError, !error.tellsOfTheCut { outcome.trouble = .broken("\(error)") }
      try? socket.close()
      return outcome
    } catch {
      // The other end may still wait for more.
      try? below.shutdown(.write)
      return PeerOutcome(trouble: error.tellsOfTheCut ? .ended : error == .timedOut ? .timedOut : .broken("\(error)"))
    }
  }

  /// The peer's part. It ends at the end of the session, or of the stream.
  private func servePeer(_ socket: SocketDescriptor) -> PeerOutcome {
    var outcome = PeerOutcome()
    let compression =
      setting.compression == .none ? nil : PeerCompression(keepsContext: setting.compression == .takeover)
    var peer = RawPeer(socket, isServer: setting.role == .client, compression: compression)
    do throws(RawPeer.Trouble) {
      if peer.isServer {
        try peer.accept(subprotocol: "fixed", followedBy: session.greeting)
      } else {
        try peer.request(subprotocol: "fixed", followedBy: session.greeting)
      }
      for (i, step) in session.steps.enumerated() {
        if i > 0, case .receive(let frames, _) = step { try peer.write(frames) }
        for _ in step.framesFromSide { outcome.frames.append(try peer.readFrame()) }
      }
      outcome.bytesSent = peer.sent
      if session.ending == .peerCloses { try peer.write([FixedSession.peersClose]) }
      outcome.frames.append(try peer.readFrame())
      if session.ending == .disconnect { try peer.write([FixedSession.peersClose]) }
      let rest = try peer.readToEnd()
      if rest > 0 { throw .broken("\(rest) bytes behind the end") }
    } catch {
      outcome.trouble = error
    }
    // The other end may still wait for more.
    try? socket.shutdown(.write)
    outcome.bytesSent = peer.sent
    return outcome
  }
}
