import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTLS
import WestwindTestSupport
import WestwindTesting

/// A WebSocket over a TLS descriptor is one over a socket.
@Suite struct SecureWebSocketTests {
  @Test func `messages go both ways, and poll sees frames that came in one record`() throws {
    let pair = try SecurePair()
    try pair.client.withCork { () throws(WebSocketError) in
      try pair.client.sendMsg([1, 2, 3], opcode: .binary)
      try pair.client.sendMsg([4], opcode: .binary)
    }
    #expect(try pair.server.descriptor.poll(for: .readable, timeout: .seconds(20)) == .readable)
    #expect(try pair.server.recvMsg(maxCount: 10, timeout: .seconds(20)).payload == [1, 2, 3])
    #expect(!pair.tls.sockets.server.isReadableInKernel)
    #expect(try pair.server.descriptor.poll(for: .readable, timeout: .immediate) == .readable)
    #expect(try pair.server.recvMsg(maxCount: 10, timeout: .immediate).payload == [4])
    #expect(try pair.server.descriptor.poll(for: .readable, timeout: .immediate) == [])
    let sender = BlockingThread { try pair.server.sendMsg(pattern(size: 300_000, seed: 1), opcode: .binary) }
    var received: [UInt8] = []
    while received.count < 300_000 {
      received += try pair.client.recvMsg(maxCount: 70_000, timeout: .seconds(20)).payload
    }
    #expect(difference(received, pattern(size: 300_000, seed: 1)) == nil)
    #expect(try sender.join() == 300_000)
    try pair.close()
  }

  /// TLS leaves it to the ws descriptor above to poll readable for what both hold.
  @Test func `poll sees what TLS holds because the ws descriptor's buffer was full`() throws {
    let pair = try SecurePair()
    let large = pattern(size: 65_000, seed: 4)
    let small = (0..<3).map { pattern(size: 300, seed: UInt64(5 + $0)) }
    // All in one read of the socket, and more than the buffer above takes of it.
    for message in [large] + small { try pair.server.sendMsg(message, opcode: .binary, timeout: .seconds(20)) }
    #expect(difference(try pair.client.recvMsg(maxCount: 70_000, timeout: .seconds(20)).payload, large) == nil)
    for message in small {
      #expect(!pair.tls.sockets.client.isReadableInKernel)
      #expect(try pair.client.descriptor.poll(for: .readable, timeout: .immediate) == .readable)
      #expect(try pair.client.recvMsg(maxCount: 300, timeout: .immediate).payload == message)
    }
    #expect(try pair.client.descriptor.poll(for: .readable, timeout: .immediate) == [])
    try pair.close()
  }

  @Test func `a TLS descriptor whose WebSocket is gone polls readable again for what it holds`() throws {
    let pair = try SecurePair()
    // The buffer above has room for some of what follows CLOSE, and TLS keeps the rest.
    let large = pattern(size: 65_500, seed: 4)
    let rest = pattern(size: 100, seed: 5)
    try pair.server.sendMsg(large, opcode: .binary, timeout: .seconds(20))
    try pair.server.sendMsg([3, 232], opcode: .close, timeout: .seconds(20))
    #expect(try pair.tls.server.send(rest, timeout: .seconds(20)) == rest.count)
    #expect(difference(try pair.client.recvMsg(maxCount: 70_000, timeout: .seconds(20)).payload, large) == nil)
    #expect(try pair.client.recvMsg(maxCount: 100, timeout: .seconds(20)).message.type.contains(.close))
    _ = try websocketDisconnect(pair.client, timeout: .immediate)
    #expect(!pair.tls.sockets.client.isReadableInKernel)
    #expect(try pair.tls.client.poll(for: .readable, timeout: .immediate) == .readable)
    let left = try pair.tls.client.recv(maxCount: 100, timeout: .immediate)
    #expect(!left.isEmpty && rest.suffix(left.count) == left[...])
    try pair.close()
  }

  @Test func `a headers callback has the TLS socket: what is known of it, and what it offers`() throws {
    let tls = try TLSPair()
    let below = tls.server
    let upgrading = BlockingThread { try websocketUpgrade(below, subprotocols: ["b"], timeout: .seconds(20)) }
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.subprotocols = ["a"]
    var version: TLSVersion?
    request.optionalHeadersCallback = { socket throws(Errno) in
      version = tlsInfo(socket)?.version
      return try socket.send(Array("Sec-WebSocket-Protocol: b\r\n".utf8))
    }
    let client = try websocketConnect(tls.client, request, timeout: .seconds(20))
    let server = try upgrading.join()
    #expect(version != nil && version == tlsInfo(tls.client)?.version)
    #expect(try client.subprotocol() == "b")
    for ws in [client, server] { _ = try? websocketDisconnect(ws, timeout: .immediate) }
    try tls.close()
  }

  @Test func `two threads at once, over a pipe that holds less than a record`() throws {
    let pair = try SecurePair(over: MemorySocket.pair(capacity: 5000))
    let payload = pattern(size: 100_000, seed: 2)
    let threads = [pair.client, pair.server].flatMap { ws in
      [
        BlockingThread {
          for _ in 0..<10 { try ws.sendMsg(payload, opcode: .binary, timeout: .seconds(60)) }
        },
        BlockingThread {
          for _ in 0..<10 {
            var received: [UInt8] = []
            while received.count < payload.count {
              received += try ws.recvMsg(maxCount: 100_000, timeout: .seconds(60)).payload
            }
            guard equal(received, payload) else { throw TestSupportError("a message came wrong") }
          }
        },
      ]
    }
    for thread in threads { try thread.join() }
    try pair.close()
  }

  @Test func `disconnect ends another thread's wait`() throws {
    let pair = try SecurePair()
    let reader = BlockingThread { () -> Bool in
      do throws(WebSocketError) {
        _ = try pair.client.recvMsg(maxCount: 10, timeout: .seconds(60))
        return false
      } catch {
        return error.errno == .socketNotConnected
      }
    }
    let start = ContinuousClock.now
    _ = try websocketDisconnect(pair.client, timeout: .milliseconds(100))
    #expect(try reader.join())
    #expect(ContinuousClock.now - start < .seconds(30))
    try pair.close()
  }
}
