import SampleTestSupport
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets

struct SendTests {
  /// Takes everything that comes in; sends it back, too, if asked to.
  private func peer(echoing: Bool) throws -> Peer<[UInt8]> {
    try .webSocket { ws in
      var all: [UInt8] = []
      while let (frame, payload) = try? ws.recvMsg(maxCount: 65536, timeout: .seconds(20)), !frame.isClose {
        #expect(frame.isBinary)
        all += payload
        // The sender wants no echo: its close frame may be here already.
        if echoing { _ = try? ws.sendMsg(payload, opcode: .binary) }
      }
      return all
    }
  }

  @Test(arguments: [(0, false), (1, false), (300_000, false), (300_000, true), (20_000_000, true)])
  func `a file arrives whole`(_ size: Int, _ echoing: Bool) throws {
    let bytes = pattern(size: size, seed: UInt64(size))
    let file = try TemporaryFile(bytes)
    let peer = try peer(echoing: echoing)
    let outcome = try Sample.run("send", "--url", peer.url, file.path)
    #expect(outcome.status == .exited(0), "\(outcome.errors)")
    // No progress bar: standard error is not a terminal.
    #expect(outcome.errors == "")
    #expect(outcome.output.filter { $0 != "," }.hasPrefix("Sent \(size) bytes in \((size + 65535) / 65536) frames"))
    #expect(difference(try peer.join(), bytes) == nil)
  }

  @Test func `standard input arrives whole`() throws {
    let bytes = pattern(size: 1_000_000, seed: 7)
    let peer = try peer(echoing: true)
    let outcome = try Sample.run("send", "--url", peer.url, "--size", "10000", "-", input: bytes)
    #expect(outcome.status == .exited(0), "\(outcome.errors)")
    #expect(difference(try peer.join(), bytes) == nil)
  }

  @Test func `a peer that closes early is quoted, also while standard input is silent`() throws {
    let peer = try Peer.webSocket { ws in
      _ = try? websocketDisconnect(ws, code: .init(rawValue: 1008), reason: "not today", timeout: .seconds(5))
    }
    let child = try ChildProcess(Sample.path, ["send", "--url", peer.url, "-"], standardError: .captured)
    defer { child.terminate() }
    _ = try child.readAll()
    #expect(try child.waitForExit() == .exited(1))
    #expect(child.takeErrors().contains("code 1008, 'not today'"))
    try peer.join()
  }

  @Test func `a peer that never confirms the end is a failure`() throws {
    let peer = try Peer.socket { socket in
      let ws = try websocketUpgrade(socket, timeout: .seconds(10))
      // A close frame that is taken from below the WebSocket is not answered.
      while let bytes = try? socket.recv(maxCount: 4096, timeout: .seconds(20)), !bytes.isEmpty {}
      _ = try? websocketDisconnect(ws, timeout: .seconds(5))
    }
    let outcome = try Sample.run("send", "--url", peer.url, "--timeout", "0.3", "/dev/null")
    #expect(outcome.status == .exited(1))
    #expect(outcome.errorLines.count == 1)
    #expect(outcome.errors.contains("did not confirm the end within 0.3 s"))
    _ = try peer.join()
  }
}
