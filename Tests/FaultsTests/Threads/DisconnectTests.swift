import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport
import WestwindTesting

/// A disconnect while other threads are in the middle of their calls: they end at once, and nothing is left.
@Suite struct DisconnectTests {
  @Test func `a hundred disconnects in the middle of blocked calls`() async {
    await #expect(processExitsWith: .success) {
      let watchdog = Watchdog("the first round")
      defer { watchdog.stop() }
      try DisconnectRound(number: 0).run()
      let before = Leftovers.now()
      for number in 0..<100 {
        watchdog.note("round \(number)")
        try DisconnectRound(number: number).run()
        if let complaint = before.complaint() { Issue.record("round \(number): \(complaint)") }
      }
    }
  }
}

/// Eight senders and two readers on one connection whose peer neither reads nor writes, and a disconnect.
private struct DisconnectRound {
  let number: Int

  func run() throws {
    let sockets = try number % 4 == 3 ? MemorySocket.pair(capacity: 5000) : SocketDescriptor.pair()
    let role = FaultSetting.Side.allCases[number % 2]
    // Waiting without end is done in the transfer itself, with an end in a poll before it.
    let timeout = number % 3 == 0 ? Timeout.forever : .seconds(100)
    let (errors, _) = try withConnection(as: role, sockets: sockets) { _ in
    } _: { ws in
      let activity = Activity(10)
      let threads = ThreadGroup(10) { i in
        activity.enter(i)
        return i < 8 ? try Self.send(ws, i, timeout) : try Self.receive(ws, timeout)
      }
      // In every other round all are asleep, in the others they are wherever they are.
      if number % 2 == 0 { try activity.waitUntilAsleep() } else { activity.waitUntilEntered() }
      // It throws where CLOSE finds no room, as it does here as a rule.
      _ = try? websocketDisconnect(ws, timeout: number % 5 == 0 ? .milliseconds(20) : .immediate)
      return try threads.join()
    }
    for error in errors {
      switch error {
      // The second is told to calls that were made after the disconnect.
      case .notConnected, .badDescriptor, .notAWebSocket: break
      default: Issue.record("round \(number): \(error)")
      }
    }
  }

  private static func send(_ ws: WebSocketDescriptor, _ sender: Int, _ timeout: Timeout) throws -> WebSocketError {
    let payload = Stamp(sender, 0).payload(size: sender % 2 == 0 ? 90_000 : 100)
    while true {
      do throws(WebSocketError) {
        try ws.sendMsg(payload, opcode: sender == 7 ? .ping : .binary, timeout: timeout)
      } catch {
        return error
      }
    }
  }

  private static func receive(_ ws: WebSocketDescriptor, _ timeout: Timeout) throws -> WebSocketError {
    let message: ReceivedMessage
    do throws(WebSocketError) {
      (message, _) = try ws.recvMsg(maxCount: 100, timeout: timeout)
    } catch {
      return error
    }
    throw TestSupportError("received \(message), which nobody sent")
  }
}
