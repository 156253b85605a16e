import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Every call on a number that is no WebSocket.
enum EveryCall {
  static func errors(on ws: WebSocketDescriptor) -> [(name: String, error: WebSocketError?)] {
    [
      ("sendMsg", failure { try ws.sendMsg("x") }),
      ("recvMsg", failure { try ws.recvMsg(maxCount: 1, timeout: .immediate) }),
      ("peekMsg", failure { try ws.peekMsg(timeout: .immediate) }),
      ("receiveMessage", failure { try ws.receiveMessage(timeout: .immediate) }),
      ("withReceivedFrame", failure { try ws.withReceivedFrame(timeout: .immediate) { _, _ in } }),
      ("withCork", failure { try ws.withCork {} }),
      ("closeStatus", failure { try ws.closeStatus() }),
      ("subprotocol", failure { try ws.subprotocol() }),
      ("websocketDisconnect", failure { try websocketDisconnect(ws, timeout: .immediate) }),
      ("websocketUnregister", failure { try websocketUnregister(ws) }),
    ]
  }
}

struct DescriptorErrorTests {
  @Test func `a descriptor that is open but no WebSocket is ENOENT, and stays as it is`() throws {
    try withSession { session in
      // Users pass the TCP socket's number.
      for (name, error) in EveryCall.errors(on: WebSocketDescriptor(rawValue: session.socket.rawValue)) {
        #expect(error == .notAWebSocket, "\(name)")
        #expect(error?.errno == .noSuchFileOrDirectory, "\(name)")
      }
      try session.ws.sendMsg("fine")
      #expect(try session.peer.readFrame().payload.text == "fine")
    }
  }

  @Test func `a number that is not open is EBADF, for what opens a WebSocket too`() {
    // No test gets such a number: it is far above what the process has open.
    for number in [-1, 1_000_000] as [CInt] {
      let socket = SocketDescriptor(rawValue: number)
      let request = WebSocketRequest(host: "localhost", url: "/")
      #expect(failure { try websocketConnect(socket, request) } == .badDescriptor)
      #expect(failure { try websocketRegister(socket) } == .badDescriptor)
      #expect(failure { try websocketUpgrade(socket) } == .badDescriptor)
      for (name, error) in EveryCall.errors(on: WebSocketDescriptor(rawValue: number)) {
        #expect(error == .badDescriptor, "\(name)")
        #expect(error?.errno == .badFileDescriptor, "\(name)")
      }
    }
  }

  @Test func `behind the disconnect the number is EBADF for every call, however it ended`() async {
    // In a process of its own, where nobody else gets the number meanwhile.
    await #expect(processExitsWith: .success) {
      for end in 0..<4 {
        // Lower numbers are free for whatever else opens a descriptor in this process meanwhile.
        let holes = try (0..<32).map { _ in try SocketDescriptor.open(.unix) }
        let (socket, peer) = try memoryPair()
        let ws = try websocketRegister(socket)
        for hole in holes { try hole.close() }
        switch end {
        case 0: try websocketDisconnect(ws, timeout: .immediate)
        case 1: try ws.descriptor.close()
        case 2:
          peer.close()
          try websocketUnregister(ws)
        default:
          // CLOSE does not get through.
          try socket.send([UInt8](repeating: 0, count: 1 << 20))
          #expect(failure { try websocketDisconnect(ws, timeout: .immediate) } == .timedOut)
        }
        for (name, error) in EveryCall.errors(on: ws) { #expect(error == .badDescriptor, "\(name)") }
        #expect(errno { try ws.descriptor.send("x".bytes) } == .badFileDescriptor)
        #expect(errno { try ws.descriptor.recv(maxCount: 1) } == .badFileDescriptor)
        #expect(!ws.descriptor.isOpen)
        #expect(socket.isOpen == (end != 2))
        if end != 2 { try socket.close() }
        peer.close()
      }
    }
  }
}
