import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Some threads gather frames while others send single ones.
@Suite struct CorkedSendersTests {
  private static let frames = 200

  @Test(arguments: FaultSetting.Buffers.allCases)
  func `corked and uncorked threads lose nothing and keep their order`(buffers: FaultSetting.Buffers) throws {
    var options = WebSocketOptions()
    options.transmitBufferSize = buffers.transmit
    let (_, report) = try withConnection(options: options) { peer in
      try ManySendersTests.echo(&peer)
    } _: { ws in
      let senders = ThreadGroup(8) { sender in
        for start in stride(from: 0, to: Self.frames, by: 5) {
          let send = { () throws(WebSocketError) in
            for number in start..<(start + 5) {
              try ws.sendMsg(
                Stamp(sender, number).payload(size: number * 13 % 400), flags: sender == 0 ? .more : [],
                timeout: .seconds(60))
            }
          }
          if sender % 2 == 0 { try ws.withCork(timeout: .seconds(60), send) } else { try send() }
        }
      }
      for _ in 0..<(8 * Self.frames) {
        _ = try Stamp(requiredOf: try ws.receiveMessage(timeout: .seconds(60)).binary ?? [])
      }
      _ = try senders.join()
      try websocketDisconnect(ws, code: .normal, timeout: .seconds(30))
    }
    #expect(report.complaints == [])
    #expect(report.book.next == Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, Self.frames) }))
  }
}
