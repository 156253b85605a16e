import Testing
import Westwind
import WestwindSockets

/// `websocketRegister`: the server's role over a socket that has been upgraded already.
struct RegisterTests {
  @Test(arguments: Wire.allCases)
  func `a registered socket takes masked frames and sends unmasked ones`(wire: Wire) throws {
    try withSession(.server, over: wire) { session in
      try session.write(Frame(.text, "up".bytes))
      #expect(try session.ws.receiveMessage(timeout: patience).text == "up")
      try session.ws.sendMsg("down")
      #expect(try session.peer.readFrame() == Frame(.text, "down".bytes))
    }
  }

  @Test func `bytes that the client sent behind its request are its first frames, wherever they end`() throws {
    let frame = Frame(.text, "early".bytes, key: .sample).bytes
    for count in 0...frame.count {
      let (socket, peer) = try memoryPair()
      let ws = try websocketRegister(socket, received: Array(frame.prefix(count)))
      #expect(
        try ws.descriptor.poll(for: .readable, timeout: .immediate) == (count > 6 ? .readable : []),
        "with \(count) bytes")
      try peer.write(Array(frame.dropFirst(count)))
      #expect(try ws.receiveMessage(timeout: patience).text == "early")
      _ = try websocketDisconnect(ws, timeout: .immediate)
      try socket.close()
      peer.close()
    }
  }

  @Test func `buffers that are too small, or for the bytes received, are refused, the size named`() throws {
    let (socket, peer) = try memoryPair()
    defer {
      try? socket.close()
      peer.close()
    }
    let small = options { $0.receiveBufferSize = 64 }
    let error = failure { try websocketRegister(socket, options: small, received: [UInt8](repeating: 0, count: 100)) }
    #expect(error == .invalidArgument(.bufferTooSmall(minimum: 100)))
    let smallest = options { $0.receiveBufferSize = 63 }
    let tooSmall = failure { try websocketRegister(socket, options: smallest) }
    #expect(tooSmall == .invalidArgument(.bufferTooSmall(minimum: 64)))
    // The place is free again.
    let ws = try websocketRegister(socket)
    _ = try websocketDisconnect(ws, timeout: .immediate)
  }
}
