import Glibc
import SampleTestSupport
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets

struct ListenTests {
  @Test func `it prints text as text and binary as a size with the first bytes, and ends at the close`() throws {
    let peer = try Peer.webSocket { ws in
      try ws.sendMsg("hello, wörld")
      try ws.sendMsg("in ", final: false)
      try ws.sendMsg(Array("pieces".utf8), opcode: .continuation)
      try ws.sendMsg([UInt8](0..<3), opcode: .binary)
      try ws.sendMsg([UInt8](repeating: 0xAB, count: 70_000), opcode: .binary)
      try ws.sendMsg([UInt8](), opcode: .binary)
      try ws.sendMsg("")
      try ws.sendMsg([1, 2], opcode: .ping)
      try ws.sendMsg("last")
      let status = try websocketDisconnect(ws, code: .normal, reason: "bye", timeout: .seconds(10))
      return status.code
    }
    let outcome = try Sample.run("listen", "--url", peer.url)
    #expect(outcome.status == .exited(0))
    #expect(
      outcome.output == """
        hello, wörld
        in pieces
        <binary, 3 bytes: 00 01 02>
        <binary, 70,000 bytes: \([String](repeating: "ab", count: 16).joined(separator: " ")) …>
        <binary, 0 bytes>

        last

        """)
    #expect(outcome.errors.contains("[connected to \(peer.url)"))
    #expect(outcome.errors.contains("[ping, 2 bytes]"))
    #expect(outcome.errors.contains("[closed by the peer, code 1000, 'bye']"))
    #expect(try peer.join() == .normal)
  }

  @Test func `it answers a ping with its payload`() throws {
    var options = WebSocketOptions()
    options.controlFrames = .manual
    let peer = try Peer.webSocket(options) { ws in
      try ws.sendMsg([9, 8, 7], opcode: .ping)
      let (frame, payload) = try ws.recvMsg(maxCount: 125, timeout: .seconds(10))
      _ = try? websocketDisconnect(ws, code: .normal, timeout: .seconds(10))
      return frame.isPong ? payload : []
    }
    let outcome = try Sample.run("listen", "--url", peer.url)
    #expect(outcome.status == .exited(0))
    #expect(try peer.join() == [9, 8, 7])
  }

  @Test func `an end without a close frame is a failure`() throws {
    let peer = try Peer.webSocket { ws in try ws.sendMsg("one") }
    let outcome = try Sample.run("listen", "--url", peer.url)
    #expect(outcome.status == .exited(1))
    #expect(outcome.output == "one\n")
    #expect(outcome.errors.contains("ended the connection without a close frame while listening"))
    _ = try peer.join()
  }

  @Test func `a reader that goes ends it quietly`() throws {
    let peer = try Peer.webSocket { ws in
      for number in 0..<1_000_000 {
        do { try ws.sendMsg("line \(number)", timeout: .seconds(10)) } catch { return }
      }
    }
    let outcome = try Sample.shell("{ $sample listen --url \(peer.url); echo \"status $?\" >&2; } | head -n 2")
    #expect(outcome.output == "line 0\nline 1\n")
    #expect(outcome.errorLines.filter { !$0.hasPrefix("[") } == ["status 0"])
    try peer.join()
  }
}
