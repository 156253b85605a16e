import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// `withBatch`: many frames for which the connection's sending side is taken once.
struct SendBatchTests {
  @Test(arguments: Role.all)
  func `frames of all kinds leave in one write, in their order`(role: Role) throws {
    try withCounted(role) { session, counting in
      let result = try session.ws.withBatch { batch throws(WebSocketError) in
        try batch.sendMsg("first".bytes.span.bytes, opcode: .binary)
        try batch.sendMsg("hä".bytes.span.bytes, opcode: .text, final: false)
        try batch.sendMsg("!".bytes.span.bytes, opcode: .ping)
        try batch.sendMsg("llo".bytes.span.bytes, opcode: .continuation)
        try batch.sendMsg(RawSpan(), opcode: .binary)
        return counting.takeWrites().count
      }
      #expect(result == 0)
      #expect(counting.takeWrites().count == 1)
      let frames = try session.peer.readFrames(5)
      #expect(frames.map { $0.opcode } == [.binary, .text, .ping, .continuation, .binary])
      #expect(frames.map { $0.isFinal } == [true, false, true, true, true])
      #expect(frames.map { $0.payload } == ["first".bytes, "hä".bytes, "!".bytes, "llo".bytes, []])
      #expect(frames.allSatisfy { $0.isMasked == (role == .client) })
    }
  }

  @Test(arguments: Role.all)
  func `more than the buffer holds leaves in writes of its size`(role: Role) throws {
    let sizes = (0..<300).map { $0 * 7 % 130 } + [5000, 0, 9000, 1]
    try withCounted(role, options: options { $0.transmitBufferSize = 1024 }) { session, counting in
      let sender = BlockingThread {
        try session.ws.withBatch { batch throws(WebSocketError) in
          for (i, size) in sizes.enumerated() {
            let payload = pattern(size: size, seed: UInt64(i))
            try batch.sendMsg(payload.span.bytes, opcode: .binary)
          }
        }
      }
      for (i, size) in sizes.enumerated() {
        #expect(try session.peer.readFrame().payload == pattern(size: size, seed: UInt64(i)))
      }
      try sender.join()
      let writes = counting.takeWrites()
      if role == .client { #expect(writes.count <= writes.reduce(0, +) / 1024 + 1) }
    }
  }

  @Test func `what was sent within leaves also where the body throws, and its error is the one told`() throws {
    try withCounted(.client) { session, counting in
      let error = failure {
        try session.ws.withBatch { batch throws(WebSocketError) in
          try batch.sendMsg("before".bytes.span.bytes, opcode: .binary)
          throw .invalidArgument(.emptyBuffer)
        }
      }
      #expect(error == .invalidArgument(.emptyBuffer))
      #expect(try session.peer.readFrame().payload.text == "before")
      try session.ws.sendMsg("after")
      #expect(try session.peer.readFrame().payload.text == "after")
    }
  }

  @Test func `a frame that is refused takes nothing with it`() throws {
    try withCounted(.client) { session, _ in
      try session.ws.withBatch { batch throws(WebSocketError) in
        try batch.sendMsg("one".bytes.span.bytes, opcode: .binary)
        let notText: [UInt8] = [0xFF]
        do throws(WebSocketError) {
          try batch.sendMsg(notText.span.bytes, opcode: .text)
          Issue.record("bytes that are no text were sent as text")
        } catch {
          #expect(error.errno == .invalidArgument)
        }
        do throws(WebSocketError) {
          try batch.sendMsg(notText.span.bytes, opcode: .binary, mask: false)
          Issue.record("a client sent a frame without a mask")
        } catch {
          #expect(error == .invalidArgument(.maskNotForRole))
        }
        try batch.sendMsg("two".bytes.span.bytes, opcode: .binary)
      }
      #expect(try session.peer.readFrames(2).map { $0.payload.text } == ["one", "two"])
    }
  }

  @Test func `another send within is refused, and does not wait for itself`() throws {
    try withCounted(.client) { session, _ in
      try session.ws.withBatch { batch throws(WebSocketError) in
        try batch.sendMsg("one".bytes.span.bytes, opcode: .binary)
        let errors = [
          failure { try session.ws.sendMsg("not now") },
          failure { try session.ws.withBatch { _ throws(WebSocketError) in } },
        ]
        for error in errors { #expect(error == .busy) }
      }
      #expect(try session.peer.readFrame().payload.text == "one")
    }
  }

  @Test func `an empty batch sends nothing`() throws {
    try withCounted(.client) { session, counting in
      try session.ws.withBatch { _ throws(WebSocketError) in }
      #expect(counting.takeWrites() == [])
    }
  }

  @Test func `one that does not leave in time is ETIMEDOUT, and the rest leaves with the next frame`() throws {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { session in
      let payload = [UInt8](repeating: 1, count: 18)
      let error = failure {
        try session.ws.withBatch(timeout: .milliseconds(30)) { batch throws(WebSocketError) in
          for _ in 0..<10 { try batch.sendMsg(payload.span.bytes, opcode: .binary) }
        }
      }
      #expect(error == .timedOut)
      let sender = BlockingThread { try session.ws.sendMsg("next") }
      let frames = try peer.readFrames(11)
      #expect(frames.map { $0.payload } == Array(repeating: payload, count: 10) + ["next".bytes])
      let sent = try sender.join()
      #expect(sent == 4)
    }
  }

  @Test func `within a cork it waits for the cork`() throws {
    try withCounted(.client) { session, counting in
      try session.ws.withCork { () throws(WebSocketError) in
        try session.ws.withBatch { batch throws(WebSocketError) in
          try batch.sendMsg("one".bytes.span.bytes, opcode: .binary)
        }
        #expect(counting.takeWrites() == [])
      }
      #expect(counting.takeWrites().count == 1)
    }
  }

  @Test func `a PING that came before is answered behind it, though nobody sends again`() throws {
    try withCounted(.client) { session, _ in
      try session.write(Frame(.ping, "?".bytes), Frame(.binary, [1]))
      try session.ws.withBatch { batch throws(WebSocketError) in
        _ = try session.ws.recvMsg(maxCount: 10, timeout: patience)
        try batch.sendMsg("one".bytes.span.bytes, opcode: .binary)
      }
      #expect(try session.peer.readFrames(2).map { $0.payload.text }.sorted() == ["?", "one"])
    }
  }

  @Test func `compressed and plain messages go in one batch`() throws {
    let below = try SocketDescriptor.pair()
    defer { for socket in [below.0, below.1] { try? socket.close() } }
    var request = WebSocketRequest(host: "localhost", url: "/")
    request.options.compression = .init()
    var serverOptions = WebSocketOptions()
    serverOptions.compression = .init()
    let upgrade = BlockingThread { [serverOptions] in try websocketUpgrade(below.1, options: serverOptions) }
    let client = try websocketConnect(below.0, request, timeout: patience)
    let server = try upgrade.join()
    let long = String(repeating: "a sensor says 21.5 ", count: 100).bytes
    try client.withBatch { batch throws(WebSocketError) in
      for _ in 0..<3 {
        try batch.sendMsg(long.span.bytes, opcode: .binary)
        try batch.sendMsg("short".bytes.span.bytes, opcode: .text)
      }
    }
    for _ in 0..<3 {
      #expect(try server.receiveMessage(timeout: patience).binary == long)
      #expect(try server.receiveMessage(timeout: patience).text == "short")
    }
    _ = try websocketDisconnect(client, timeout: .immediate)
    _ = try? websocketDisconnect(server, timeout: .immediate)
  }
}
