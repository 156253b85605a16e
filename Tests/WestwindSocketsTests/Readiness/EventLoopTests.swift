import Dispatch
import Glibc
import Synchronization
import SystemPackage
import Testing
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Programs that wait once and read once, again and again, miss nothing that arrives in one segment.
struct EventLoopTests {
  private static let count = 200

  /// Frames with the bytes 0, 1, 2 and so on as payload, some to a segment, some in pieces, with pings between.
  private func send(to end: WebSocketEnd) throws {
    var generator = SeededGenerator(seed: 18)
    var bytes: [UInt8] = []
    for i in 0..<Self.count {
      bytes += end.frame(.binary, [UInt8(i)])
      if i % 7 == 0 { bytes += end.frame(.ping, [1, 2, 3]) }
    }
    while !bytes.isEmpty {
      let size = min(bytes.count, .random(in: 1...200, using: &generator))
      try end.peer.send(Array(bytes[..<size]))
      bytes.removeFirst(size)
      if size % 3 == 0 { usleep(1000) }
    }
  }

  /// What a program does that was told of input: it receives one frame, or finds that there is none after all.
  private static func receiveOne(_ ws: WebSocketDescriptor) throws -> [UInt8] {
    do {
      return try ws.recvMsg(maxCount: 100, timeout: .immediate).payload
    } catch WebSocketError.wouldBlock {
      return []
    }
  }

  private let expected = (0..<EventLoopTests.count).map { UInt8($0) }

  @Test(arguments: Role.both, [Watcher.poll, .layer])
  func `by polling`(_ role: Role, _ watcher: Watcher) throws {
    let end = try WebSocketEnd(role)
    defer { end.close() }
    let sender = BlockedCall { try send(to: end) }
    var received: [UInt8] = []
    while received.count < Self.count, try watcher.sees(end.ws.descriptor) {
      received += try Self.receiveOne(end.ws)
    }
    try sender.join()
    #expect(received == expected)
    #expect(try !watcher.seesNow(end.ws.descriptor))
  }

  @Test(arguments: Role.both)
  func `by one epoll instance that is set up once`(_ role: Role) throws {
    let end = try WebSocketEnd(role)
    defer { end.close() }
    let epoll = try Epoll()
    try epoll.add(end.ws.rawValue)
    let sender = BlockedCall { try send(to: end) }
    var received: [UInt8] = []
    while received.count < Self.count, epoll.wait(milliseconds: 20_000) != nil {
      received += try Self.receiveOne(end.ws)
    }
    try sender.join()
    #expect(received == expected)
    #expect(epoll.wait(milliseconds: 0) == nil)
  }

  @Test(arguments: Role.both)
  func `by a Dispatch source`(_ role: Role) throws {
    final class Received: Sendable {
      let bytes = Mutex<[UInt8]>([])
    }
    let end = try WebSocketEnd(role)
    defer { end.close() }
    let received = Received()
    let isComplete = DispatchSemaphore(value: 0)
    let isCancelled = DispatchSemaphore(value: 0)
    let source = DispatchSource.makeReadSource(
      fileDescriptor: end.ws.rawValue, queue: DispatchQueue(label: "reader"))
    source.setEventHandler {
      let bytes = (try? Self.receiveOne(end.ws)) ?? [255]
      let count = received.bytes.withLock { received in
        received += bytes
        return received.count
      }
      if count == Self.count, !bytes.isEmpty { isComplete.signal() }
    }
    source.setCancelHandler { isCancelled.signal() }
    source.activate()
    try send(to: end)
    let outcome = isComplete.wait(timeout: .now() + .seconds(20))
    source.cancel()
    isCancelled.wait()
    #expect(outcome == .success)
    #expect(received.bytes.withLock { $0 } == expected)
  }
}
