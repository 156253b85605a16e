import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTesting

/// Responses that arrive in pieces, and long ones.
struct SplitResponseTests {
  @Test(arguments: Wire.allCases)
  func `Field defect 15: a response in segments of one byte is read as if whole`(wire: Wire) throws {
    try withAttempt(over: wire) { peer in
      for byte in try peer.readHead().acceptance.utf8 {
        try peer.write([byte])
        try peer.waitUntilTaken()
      }
    } _: { attempt in
      #expect(attempt.error == nil)
    }
  }

  @Test(arguments: [64, 256, 65536])
  func `Field defect 15: a response larger than the receive buffer is read whole`(size: Int) throws {
    let attempt = try attempt {
      $0.options.receiveBufferSize = size
      $0.options.maxResponseHeadSize = 40_000
    } answer: { request in
      let fields = (0..<300).map { "X-Field-\($0): \(String(repeating: "v", count: 100))" }
      return response(request.acceptanceLines.prefix(2) + fields + request.acceptanceLines.dropFirst(2))
    }
    #expect(attempt.error == nil)
    #expect(attempt.responses.first?.fields.count == 303)
  }

  @Test func `Field defects 15, 16: a response over the limit gives an error that names the limit`() throws {
    let attempt = try attempt {
      $0.options.maxResponseHeadSize = 500
    } answer: { request in
      response(request.acceptanceLines + ["X: \(String(repeating: "x", count: 500))"])
    }
    #expect(attempt.error?.handshake?.cause == .text(.headTooLarge(limit: 500)))
    #expect(attempt.error?.description.contains("500 bytes (maxResponseHeadSize)") == true)
  }

  @Test(arguments: ScriptedSocket.Fault.allCases.filter { $0 != .reset && $0 != .endOfStream })
  func `a handshake whose writes and reads fall short at any operation comes about`(fault: ScriptedSocket.Fault) throws
  {
    for operation in 0..<8 {
      let (below, peer) = try memoryPair()
      defer { try? below.close() }
      let (socket, _) = try ScriptedSocket.make(over: below, script: .init(fault: fault, at: operation))
      try withAttempt(socket, peer) { peer in
        try peer.acceptHandshake()
      } _: { attempt in
        #expect(attempt.error == nil)
      }
    }
  }

  @Test func `a connection that is reset in the handshake is the network's error`() throws {
    for operation in 0..<2 {
      let (below, peer) = try memoryPair()
      defer { try? below.close() }
      let (socket, _) = try ScriptedSocket.make(over: below, script: .init(fault: .reset, at: operation))
      try withAttempt(socket, peer) { peer in
        // At operation 0 the request does not even leave.
        if operation > 0 { try peer.acceptHandshake() }
      } _: { attempt in
        #expect(attempt.error?.handshake?.cause == .connectionLost(.connectionReset))
        #expect(attempt.error?.description == "the connection was lost during the handshake: Connection reset by peer")
      }
    }
  }
}
