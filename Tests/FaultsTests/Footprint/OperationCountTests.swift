import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport

/// What frames cost in calls to the socket, which no clock is needed to tell.
@Suite struct OperationCountTests {
  private typealias Counts = CountingSocket.Counts

  /// The ways to send and receive a small frame.
  enum Way: Sendable, CaseIterable {
    case array
    case span
    case borrowed
    case wholeMessage
    case socketCall

    func send(_ ws: WebSocketDescriptor, _ payload: [UInt8], timeout: Timeout) throws {
      switch self {
      case .socketCall: try ws.descriptor.send(payload, timeout: timeout)
      default: try ws.sendMsg(payload, timeout: timeout)
      }
    }

    func receive(_ ws: WebSocketDescriptor, timeout: Timeout) throws {
      switch self {
      case .array:
        _ = try ws.recvMsg(maxCount: 1000, timeout: timeout)
      case .span:
        try withUnsafeTemporaryAllocation(byteCount: 1000, alignment: 8) { buffer in
          _ = try unsafe ws.recvMsg(into: buffer, timeout: timeout)
        }
      case .borrowed:
        try ws.withReceivedFrame(timeout: timeout) { (_, _) throws(WebSocketError) in }
      case .wholeMessage:
        _ = try ws.receiveMessage(timeout: timeout)
      case .socketCall:
        _ = try ws.descriptor.recv(maxCount: 1000, timeout: timeout)
      }
    }
  }

  @Test(arguments: Way.allCases, [Timeout.forever, .seconds(60)])
  func `a round trip costs each side one send, one wait and one receive`(way: Way, timeout: Timeout) throws {
    let rounds = 300
    try withEnds { client, clientSocket, server, serverSocket in
      let echo = BlockingThread {
        for _ in 0..<rounds {
          try way.receive(server, timeout: timeout)
          try way.send(server, [1, 2, 3], timeout: timeout)
        }
      }
      for _ in 0..<rounds {
        try way.send(client, [4, 5, 6], timeout: timeout)
        try way.receive(client, timeout: timeout)
      }
      try echo.join()
      #expect(clientSocket.counts == Counts(sends: rounds, receives: rounds, waits: rounds))
      // A server tries first, until it finds nothing.
      let counts = serverSocket.counts
      #expect(counts.sends == rounds && counts.receives <= rounds + 1 && counts.waits <= rounds)
    }
  }

  @Test func `frames that have come together cost one receive`() throws {
    try withEnds { client, clientSocket, server, serverSocket in
      try server.withCork { () throws(WebSocketError) in
        for _ in 0..<500 { try server.sendMsg([7, 8, 9]) }
      }
      for _ in 0..<500 { _ = try client.recvMsg(maxCount: 10) }
      #expect(serverSocket.counts == Counts(sends: 1))
      #expect(clientSocket.counts == Counts(receives: 1))
    }
  }

  @Test func `frames that are gathered cost one send`() throws {
    try withEnds { client, clientSocket, server, _ in
      for _ in 0..<100 { try client.sendMsg([1], flags: .more) }
      #expect(clientSocket.counts == Counts())
      try client.sendMsg([2])
      #expect(clientSocket.counts == Counts(sends: 1))
      for _ in 0...100 { _ = try server.recvMsg(maxCount: 10) }
    }
  }

  @Test func `a batch costs a send for each full buffer, and its receiver as few receives`() throws {
    let frames = 50_000
    let payload = [UInt8](repeating: 5, count: 64)
    try withEnds { client, clientSocket, server, serverSocket in
      let reader = BlockingThread { () throws -> Int in
        var count = 0
        while count < frames {
          count += try server.withReceivedFrames { (_, payload) throws(WebSocketError) in
            #expect(payload.byteCount == 64)
          }
        }
        return count
      }
      try client.withBatch { batch throws(WebSocketError) in
        for _ in 0..<frames { try batch.sendMsg(payload.span.bytes, opcode: .binary) }
      }
      #expect(try reader.join() == frames)
      #expect(clientSocket.counts.sends <= frames * (64 + 6) / 65536 + 1)
      #expect(clientSocket.counts.receives == 0)
      #expect(serverSocket.counts.sends == 0)
    }
  }

  @Test func `echoes of a batch cost one send, one wait and one receive`() throws {
    try withEnds { client, clientSocket, server, serverSocket in
      for _ in 0..<20 {
        try client.withBatch { batch throws(WebSocketError) in
          for number in 0..<64 {
            let payload = [UInt8](repeating: UInt8(number), count: 125)
            try batch.sendMsg(payload.span.bytes, opcode: .binary)
          }
        }
        try server.withBatch { batch throws(WebSocketError) in
          for _ in 0..<64 {
            let (_, payload) = try server.recvMsg(maxCount: 200)
            try batch.sendMsg(payload.span.bytes, opcode: .binary)
          }
        }
        var echoes = 0
        while echoes < 64 { echoes += try client.withReceivedFrames { (_, _) throws(WebSocketError) in } }
      }
      #expect(clientSocket.counts == Counts(sends: 20, receives: 20, waits: 20))
      #expect(serverSocket.counts == Counts(sends: 20, receives: 20))
    }
  }

  @Test func `a PING costs its receiver one receive and one send, and the caller nothing`() throws {
    try withEnds { client, clientSocket, server, serverSocket in
      try server.sendMsg([], opcode: .ping)
      try server.sendMsg([1])
      _ = try client.recvMsg(maxCount: 10)
      #expect(clientSocket.counts == Counts(sends: 1, receives: 1))
      #expect(serverSocket.counts.sends == 2)
    }
  }

  @Test func `the answers to PINGs that have come together cost one send`() throws {
    try withEnds { client, clientSocket, server, serverSocket in
      try server.withCork { () throws(WebSocketError) in
        for number in 0..<200 { try server.sendMsg([UInt8(number)], opcode: .ping) }
        try server.sendMsg([1])
      }
      _ = try client.recvMsg(maxCount: 10)
      #expect(clientSocket.counts == Counts(sends: 1, receives: 1))
      // Each PING has its answer.
      let sent = try #require(websocketContexts().first { $0.descriptor == client }).framesSent
      #expect(sent == 200)
    }
  }

  @Test func `a large frame costs a send for each full buffer, and unmasked one in all`() throws {
    let size = 1_000_000
    try withEnds { client, clientSocket, server, serverSocket in
      let reader = BlockingThread { () throws -> Int in
        var count = 0
        while count < size { count += try server.recvMsg(maxCount: size).message.count }
        return count
      }
      try client.sendMsg([UInt8](repeating: 1, count: size))
      #expect(try reader.join() == size)
      // The header, and the payload masked in the buffer.
      #expect(clientSocket.counts.sends == (size + 14 + 65535) / 65536)

      let secondReader = BlockingThread { () throws -> Int in
        var count = 0
        while count < size { count += try client.recvMsg(maxCount: size).message.count }
        return count
      }
      try server.sendMsg([UInt8](repeating: 1, count: size))
      #expect(try secondReader.join() == size)
      #expect(serverSocket.counts.sends == 1)
    }
  }

  @Test func `control frames behind a large frame come together with one receive`() throws {
    try withEnds { client, clientSocket, server, _ in
      let payload = [UInt8](repeating: 9, count: 65536)
      for _ in 0..<2 {
        try server.sendMsg(payload)
        #expect(try client.recvMsg(maxCount: payload.count).message.count == payload.count)
      }
      try server.withCork { () throws(WebSocketError) in
        for _ in 0..<500 { try server.sendMsg([], opcode: .pong) }
        try server.sendMsg([1])
      }
      clientSocket.takeCounts()
      #expect(try client.recvMsg(maxCount: payload.count).payload == [1])
      // The first, which is thought to be another large frame's header, and the others.
      #expect(clientSocket.counts == Counts(receives: 2))
    }
  }

  @Test func `large frames in a row cost one receive each where they are lent, and two where they are copied`() throws {
    let size = 65536
    let frames = 50
    for isLent in [true, false] {
      try withEnds { client, clientSocket, server, _ in
        let payload = [UInt8](repeating: 9, count: size)
        for number in 0..<frames {
          // Both the kernel and a thread would cut the stream where they like.
          try server.sendMsg(payload)
          if isLent {
            try client.withReceivedFrame { (frame, bytes) throws(WebSocketError) in
              #expect(frame.remaining == 0 && bytes.byteCount == size)
            }
          } else {
            #expect(try client.recvMsg(maxCount: size).message.count == size)
          }
          // The first is not known to be large.
          if number == 0 { clientSocket.takeCounts() }
        }
        #expect(clientSocket.counts.receives == (frames - 1) * (isLent ? 1 : 2))
      }
    }
  }

  /// A client and a server that are connected, both over sockets that count from now on.
  private func withEnds(
    _ body: (WebSocketDescriptor, CountingSocket, WebSocketDescriptor, CountingSocket) throws -> Void
  ) throws {
    let (a, b) = try SocketDescriptor.pair()
    let (clientSocket, serverSocket) = (CountingSocket(over: a), CountingSocket(over: b))
    defer {
      try? a.close()
      try? b.close()
    }
    let upgrade = BlockingThread { try websocketUpgrade(b) }
    let client = try websocketConnect(a, WebSocketRequest(host: "localhost", url: "/"))
    let server = try upgrade.join()
    clientSocket.takeCounts()
    serverSocket.takeCounts()
    defer {
      _ = try? websocketDisconnect(client, timeout: .immediate)
      _ = try? websocketDisconnect(server, timeout: .immediate)
    }
    try body(client, clientSocket, server, serverSocket)
  }
}
