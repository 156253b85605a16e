import PerMessageDeflate
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport
import WestwindTesting

/// A server's half of the negotiation.
struct CompressionUpgradeTests {
  /// Has a client ask with these fields, and gives back the answer's and what was agreed on.
  private func upgrade(
    offering offers: [String], _ compression: PerMessageDeflateOptions?
  ) throws -> (answers: [String], status: String, agreed: PerMessageDeflateParameters?, error: WebSocketError?) {
    let (socket, peer) = try memoryPair()
    defer {
      try? socket.close()
      peer.close()
    }
    let lines =
      [
        "GET / HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ] + offers.map { "Sec-WebSocket-Extensions: \($0)" }
    try peer.write(response(lines))
    var agreed: PerMessageDeflateParameters?
    var failed: WebSocketError?
    do throws(WebSocketError) {
      let ws = try websocketUpgrade(socket, options: options { $0.compression = compression }, timeout: patience)
      agreed = try ws.compression()
      _ = try? websocketDisconnect(ws, timeout: .immediate)
    } catch {
      failed = error
    }
    let head = try peer.readHead()
    return (head.values("Sec-WebSocket-Extensions"), head.lines[0], agreed, failed)
  }

  @Test(
    arguments: [
      ([], .init()), (["x-other"], .init()), (["permessage-deflate; server_max_window_bits=7"], .init()),
      (["permessage-deflate"], nil),
    ] as [([String], PerMessageDeflateOptions?)])
  func `a client without an acceptable offer is plain, and so is one of a server without the option`(
    offers: [String], compression: PerMessageDeflateOptions?
  ) throws {
    let (answers, status, agreed, error) = try upgrade(offering: offers, compression)
    #expect(answers == [])
    #expect(status.hasPrefix("HTTP/1.1 101 "))
    #expect(agreed == nil && error == nil)
  }

  @Test func `a field that is not of the grammar is answered with 400`() throws {
    let (_, status, _, error) = try upgrade(offering: ["permessage-deflate; ="], PerMessageDeflateOptions())
    #expect(status.hasPrefix("HTTP/1.1 400 "))
    #expect(error?.handshake?.cause == .text(.malformedField))
  }

  @Test func `two ends of ours agree, and understand each other`() throws {
    let (one, other) = try MemorySocket.pair(capacity: 1 << 20)
    let server = BlockingThread {
      let ws = try websocketUpgrade(
        other, options: options { $0.compression = PerMessageDeflateOptions() }, timeout: patience)
      try ws.sendMsg(try ws.receiveMessage(timeout: patience).binary ?? [], opcode: .binary)
      try websocketUnregister(ws)
    }
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.options.compression = PerMessageDeflateOptions()
    let ws = try websocketConnect(one, request, timeout: patience)
    #expect(try ws.compression() == PerMessageDeflateParameters())
    let payload = compressible(size: 100_000)
    try ws.sendMsg(payload, opcode: .binary)
    #expect(equal(try ws.receiveMessage(timeout: patience).binary, payload))
    try websocketDisconnect(ws, timeout: patience)
    try server.join()
    try one.close()
  }
}
