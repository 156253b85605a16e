import Westwind

extension Load {
  func setup() throws -> String {
    try withPayload { payload in
      try withBuffer(size) { buffer in
        let clock = BenchClock()
        for _ in 0..<count {
          let stack = try server.stack()
          let ws = try websocketConnect(stack.top, WebSocketRequest(host: "127.0.0.1", url: "/echo"))
          try ws.sendMsg(payload, opcode: .binary)
          try receive(ws, into: buffer)
          // Below first, so that no closing handshake is waited for.
          try stack.socket.shutdown(.readWrite)
          _ = try? websocketDisconnect(ws, timeout: .immediate)
          try stack.close()
        }
        return clock.line
      }
    }
  }

  func idle() throws -> String {
    try withPayload { payload in
      try withBuffer(size) { buffer in
        let before = privateMemory()
        for _ in 0..<count {
          let ws = try open("/echo")
          try ws.sendMsg(payload, opcode: .binary)
          try receive(ws, into: buffer)
        }
        let tenths = (privateMemory() - before) * 10 / count
        return "{\"bytes\": \(tenths / 10).\(tenths % 10)}"
      }
    }
  }
}
