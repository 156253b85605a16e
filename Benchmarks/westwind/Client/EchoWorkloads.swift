import Westwind

extension Load {
  func pingPong() throws -> String {
    let ws = try open("/echo")
    return try withPayload { payload in
      try withBuffer(size) { buffer in
        let clock = BenchClock()
        for _ in 0..<count {
          try ws.sendMsg(payload, opcode: .binary)
          try receive(ws, into: buffer)
        }
        return clock.line
      }
    }
  }

  func pipeline() throws -> String {
    let ws = try open("/echo")
    return try withPayload { payload in
      try withBuffer(size) { buffer in
        let clock = BenchClock()
        var sent = 0
        while sent < min(Self.window, count) {
          try ws.sendMsg(payload, opcode: .binary)
          sent += 1
        }
        for _ in 0..<count {
          try receive(ws, into: buffer)
          guard sent < count else { continue }
          try ws.sendMsg(payload, opcode: .binary)
          sent += 1
        }
        return clock.line
      }
    }
  }

  func pipelineBatched() throws -> String {
    let ws = try open("/echo")
    return try withPayload { payload in
      let clock = BenchClock()
      var done = 0
      while done < count {
        try ws.withBatch { batch throws(WebSocketError) in
          for _ in 0..<Self.window { try batch.sendMsg(payload, opcode: .binary) }
        }
        var echoes = 0
        while echoes < Self.window {
          echoes += try ws.withReceivedFrames { _, echo throws(WebSocketError) in precondition(echo.byteCount == size) }
        }
        done += Self.window
      }
      return clock.line
    }
  }

  /// One message, which comes in one frame.
  func receive(_ ws: WebSocketDescriptor, into buffer: UnsafeMutableRawBufferPointer) throws(WebSocketError) {
    var received = 0
    while true {
      let message = try ws.recvMsg(into: UnsafeMutableRawBufferPointer(rebasing: buffer[received...]))
      received += message.count
      if message.remaining == 0 { break }
    }
    precondition(received == size)
  }
}
