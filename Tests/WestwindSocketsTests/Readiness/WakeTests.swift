import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// A thread that polls a descriptor is woken when another ends it.
struct WakeTests {
  /// How the thread polls.
  enum Poll: Sendable, CaseIterable {
    case system
    case layer

    func call(on descriptor: SocketDescriptor) -> BlockedCall<Bool> {
      BlockedCall {
        switch self {
        case .system: pollsReadable(descriptor.rawValue, milliseconds: 60_000)
        case .layer: try descriptor.poll(for: .readable, timeout: .seconds(60)).contains(.readable)
        }
      }
    }
  }

  @Test(arguments: Stream.Kind.allCases, Poll.allCases)
  func `by the peer's closing`(_ kind: Stream.Kind, _ poll: Poll) throws {
    let stream = try Stream(kind)
    defer { stream.close() }
    let call = poll.call(on: stream.a)
    try call.waitUntilBlocked()
    stream.hangUp()
    #expect(try call.join())
  }

  @Test(arguments: Stream.Kind.allCases, Poll.allCases)
  func `by ending the read direction`(_ kind: Stream.Kind, _ poll: Poll) throws {
    try withStream(kind) { a, _ in
      let call = poll.call(on: a)
      try call.waitUntilBlocked()
      try a.shutdown(.read)
      #expect(try call.join())
    }
  }

  /// A kernel socket that is closed under a poll does not end it, so the layers are alone here. The poll looks at the
  /// number once more, so what it tells is that it is not open any more, unless it looks before; and the number must
  /// not have been taken by another test, so this has a process of its own.
  @Test func `by closing the descriptor itself`() async {
    await #expect(processExitsWith: .success) {
      for kind in [Stream.Kind.memory, .scripted, .webSocket] {
        for poll in Poll.allCases {
          for _ in 0..<20 {
            let stream = try Stream(kind)
            let call = poll.call(on: stream.b)
            try call.waitUntilBlocked()
            stream.hangUp()
            _ = try call.join()
            stream.close()
          }
        }
      }
    }
  }

  @Test(arguments: Poll.allCases)
  func `by disconnecting a WebSocket, before the peer has answered`(_ poll: Poll) throws {
    let end = try WebSocketEnd(.client)
    defer { end.close() }
    let call = poll.call(on: end.ws.descriptor)
    try call.waitUntilBlocked()
    let disconnecting = BlockedCall { try end.disconnect(timeout: .seconds(60)) }
    #expect(try call.join())
    #expect(!disconnecting.isOver)
    try end.peer.send(end.frame(.close, [3, 232]))
    #expect(try disconnecting.join().code == .normal)
  }

  @Test(arguments: Stream.Kind.allCases)
  func `a receive of another thread ends with the read direction`(_ kind: Stream.Kind) throws {
    try withStream(kind) { a, _ in
      let calls = [nil, Timeout.forever, .seconds(60)].map { timeout in
        BlockedCall { try a.recv(maxCount: 1, timeout: timeout) }
      }
      for call in calls { try call.waitUntilBlocked() }
      try a.shutdown(.read)
      for call in calls { #expect(try call.join() == []) }
    }
  }
}
