import Westwind

extension Load {
  func send(isDeflated: Bool = false) throws -> String {
    let ws = try open(sink(isDeflated ? "&deflate" : ""), isDeflated: isDeflated)
    return try withPayload(isJSON: isDeflated) { payload in
      let clock = BenchClock()
      for _ in 0..<count { try ws.sendMsg(payload, opcode: .binary) }
      try receiveEnd(ws)
      return clock.line
    }
  }

  func sendBatched() throws -> String {
    let ws = try open(sink())
    return try withPayload { payload in
      let clock = BenchClock()
      try ws.withBatch { batch throws(WebSocketError) in
        for _ in 0..<count { try batch.sendMsg(payload, opcode: .binary) }
      }
      try receiveEnd(ws)
      return clock.line
    }
  }

  func sendCorked() throws -> String {
    let ws = try open(sink())
    return try withPayload { payload in
      let clock = BenchClock()
      try ws.withCork { () throws(WebSocketError) in
        for _ in 0..<count { try ws.sendMsg(payload, opcode: .binary) }
      }
      try receiveEnd(ws)
      return clock.line
    }
  }

  /// As many frames in a call as have come.
  func receiveLent() throws -> String {
    let ws = try open(source())
    let clock = BenchClock()
    try ws.sendMsg([0x2E], opcode: .binary)
    var left = size * count
    while left > 0 {
      _ = try ws.withReceivedFrames { _, payload throws(WebSocketError) in left -= payload.byteCount }
    }
    precondition(left == 0)
    return clock.line
  }

  func receiveBorrowed() throws -> String {
    let ws = try open(source())
    let clock = BenchClock()
    try ws.sendMsg([0x2E], opcode: .binary)
    for _ in 0..<count {
      var received = 0
      repeat {
        received += try ws.withReceivedFrame { _, payload throws(WebSocketError) in payload.byteCount }
      } while received < size
      precondition(received == size)
    }
    return clock.line
  }

  func receiveCopied(isDeflated: Bool = false) throws -> String {
    let ws = try open(source(isDeflated ? "&deflate" : ""), isDeflated: isDeflated)
    return try withBuffer(size) { buffer in
      let clock = BenchClock()
      try ws.sendMsg([0x2E], opcode: .binary)
      for _ in 0..<count { try receive(ws, into: buffer) }
      return clock.line
    }
  }

  /// Payload alone, as from any socket: as many bytes of a frame as there are, up to 64 KiB.
  func receiveBSD() throws -> String {
    let ws = try open(source())
    let socket = SocketDescriptor(rawValue: ws.rawValue)
    return try withBuffer(65536) { buffer in
      let clock = BenchClock()
      try ws.sendMsg([0x2E], opcode: .binary)
      var left = size * count
      while left > 0 {
        var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
        _ = try socket.recv(into: &output)
        precondition(output.byteCount > 0)
        left -= output.byteCount
      }
      return clock.line
    }
  }
}
