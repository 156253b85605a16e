import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Threads that have connections of their own share the tables, the buffers and the random numbers of the process.
@Suite struct ManyConnectionsTests {
  @Test func `threads open, use and close connections side by side`() throws {
    let threads = ThreadGroup(6) { thread in
      for round in 0..<30 {
        let role = FaultSetting.Side.allCases[(thread + round) % 2]
        let (message, report) = try withConnection(as: role) { peer in
          try ManySendersTests.echo(&peer)
        } _: { ws in
          try ws.sendMsg(Stamp(thread, 0).payload(size: 500 * round), timeout: .seconds(60))
          _ = websocketContexts()
          let message = try ws.receiveMessage(timeout: .seconds(60)).binary ?? []
          try websocketDisconnect(ws, code: .normal, timeout: .seconds(60))
          return message
        }
        guard Stamp(checking: message) == Stamp(thread, 0), report.complaints == [] else {
          throw TestSupportError("round \(round): \(report.complaints), echo of \(message.count) bytes")
        }
      }
    }
    _ = try threads.join()
  }
}
