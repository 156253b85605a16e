import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// A peer that never stops sending: calls end by their deadline all the same.
@Suite struct FloodTests {
  @Test(arguments: FaultSetting.Buffers.allCases)
  func `a flood of pings does not hold up a receiver`(buffers: FaultSetting.Buffers) throws {
    var options = WebSocketOptions()
    options.receiveBufferSize = buffers.receive
    let frames = [RawFrame](repeating: RawFrame(RawFrame.ping, []), count: 20_000)
    _ = try withConnection(options: options) { peer in
      Self.flood(&peer, with: frames)
    } _: { ws in
      for timeout in [Timeout.immediate, .milliseconds(50)] {
        let elapsed = ContinuousClock().measure {
          #expect(throws: WebSocketError.self) { try ws.recvMsg(maxCount: 100, timeout: timeout) }
          #expect(throws: WebSocketError.self) { try ws.peekMsg(timeout: timeout) }
          #expect(throws: WebSocketError.self) { try ws.receiveMessage(timeout: timeout) }
          #expect(throws: (any Error).self) { try ws.descriptor.recv(maxCount: 100, timeout: timeout) }
        }
        #expect(elapsed < .seconds(20))
      }
      // It is unharmed: its end is an orderly one.
      #expect(websocketContexts().contains { $0.descriptor == ws && $0.state == .open })
    }
  }

  @Test func `a flood of data does not hold up a disconnect`() throws {
    let frames = [RawFrame](repeating: RawFrame(RawFrame.binary, [1, 2, 3]), count: 20_000)
    _ = try withConnection { peer in
      Self.flood(&peer, with: frames)
    } _: { ws in
      let elapsed = ContinuousClock().measure {
        _ = try? websocketDisconnect(ws, timeout: .milliseconds(50))
      }
      #expect(elapsed < .seconds(20))
    }
  }

  /// Writes the frames over and over until nobody takes them any more.
  private static func flood(_ peer: inout RawPeer, with frames: [RawFrame]) {
    let bytes = peer.encoded(frames)
    do throws(RawPeer.Trouble) {
      while true { try peer.write(bytes) }
    } catch {}
  }
}
