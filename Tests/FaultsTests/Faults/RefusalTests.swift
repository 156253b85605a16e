import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport
import WestwindTesting

/// The same for a handshake that the server refuses: the caller is to know why, whatever happens on the way.
@Suite struct RefusalTests {
  @Test func `a refusal keeps its status and its body, whatever operation fails in whatever harmless way`() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
      let watchdog = Watchdog("a refused handshake")
      defer { watchdog.stop() }
      var counts = TriedCounts()
      _ = try RefusalRun().run(.init())
      for fault in ScriptedSocket.Fault.allCases {
        for k in 0... {
          watchdog.note("\(fault) at operation \(k)")
          let before = Leftovers.now()
          let run = try RefusalRun().run(.init(fault: fault, at: k))
          let complaint = fault.isHarmless ? run.complaintUnlessWhole : run.complaintUnlessCutShort
          for complaint in [complaint, before.complaint()].compactMap({ $0 }) {
            Issue.record("\(fault) at operation \(k): \(complaint)")
          }
          guard run.operations > k else { break }
          counts.note(fault)
        }
      }
      for position in 1..<RefusalRun.responseLength {
        watchdog.note("cut at byte \(position)")
        if let complaint = try RefusalRun().run(.init(cuttingAt: position)).complaintUnlessWhole {
          Issue.record("cut at byte \(position): \(complaint)")
        }
        counts.noteCut()
      }
      counts.write()
    }
    print(TriedCounts(output: result?.standardOutputContent ?? []).line, "(refused handshakes)")
  }
}

private struct RefusalRun {
  static let body = pattern(size: 300, seed: 401)
  static let responseLength = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 300\r\n\r\n".utf8.count + 300

  private(set) var error: WebSocketError?
  private(set) var operations = 0

  func run(_ script: ScriptedSocket.Script) throws -> RefusalRun {
    let (ours, theirs) = try SocketDescriptor.pair()
    let (scripted, counter) = try ScriptedSocket.make(over: ours, script: script)
    let server = BlockingThread { Self.refuse(theirs) }
    var run = self
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.options.receiveBufferSize = 64
    do throws(WebSocketError) {
      try websocketDisconnect(try websocketConnect(scripted, request, timeout: SessionRun.timeout))
    } catch {
      run.error = error
    }
    run.operations = counter.operationCount
    try scripted.close()
    try ours.close()
    let trouble = try server.join()
    try theirs.close()
    #expect(trouble == nil || trouble == .ended)
    return run
  }

  private static func refuse(_ socket: SocketDescriptor) -> RawPeer.Trouble? {
    var peer = RawPeer(socket, isServer: true)
    do throws(RawPeer.Trouble) {
      try peer.refuse(status: "401 Unauthorized", body: body)
      _ = try peer.readToEnd()
      return nil
    } catch {
      return error
    }
  }

  var complaintUnlessWhole: String? {
    guard case .handshake(let failure) = error, let response = failure.response else {
      return "the error is \(error, default: "none")"
    }
    guard response.status == 401 else { return "the status is \(response.status)" }
    return difference(response.body, Self.body)
  }

  var complaintUnlessCutShort: String? {
    guard case .handshake(let failure) = error else { return "the error is \(error, default: "none")" }
    switch failure.cause {
    case .closed, .connectionLost(.connectionReset), .connectionLost(.brokenPipe): return nil
    case .text:
      let isRight = failure.response?.status == 401 && Self.body.starts(with: failure.response?.body ?? [0])
      return isRight ? nil : "the response is not what was sent"
    default: return "the cause is \(failure.cause)"
    }
  }
}
