import Synchronization
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestPeer
import WestwindTestSupport

/// Calls that may not wait.
struct AttemptTests {
  /// A frame to send, and the frames before it that it needs.
  struct Row: Sendable, CustomTestStringConvertible {
    var opcode: Opcode
    var isFinal = true
    var count: Int

    var testDescription: String { "\(opcode.rawValue) \(isFinal) \(count)" }

    var payload: [UInt8] {
      if opcode == .close { return count == 0 ? [] : [0x03, 0xE8] + [UInt8](repeating: 0x61, count: count - 2) }
      return (0..<count).map { UInt8(0x61 + $0 % 26) }
    }
  }

  static let rows: [Row] =
    [0, 2, 125].flatMap { count in [.close, .ping, .pong].map { Row(opcode: $0, count: count) } }
    + [0, 1, 125, 126, 4096, 20_000, 70_000, 300_000].flatMap { count in
      [.text, .binary, .continuation].flatMap { opcode in
        [true, false].map { Row(opcode: opcode, isFinal: $0, count: count) }
      }
    }

  @Test(arguments: Role.all, rows)
  func `a frame that the socket takes only a part of is sent whole, whenever it takes the rest`(
    role: Role, row: Row
  ) throws {
    let capacity = 1000
    for room in [0, 1, 2, 3, 7, 14, 15, 500] {
      let (socket, peer) = try memoryPair(capacity: capacity)
      try withSession(role, socket, peer) { session in
        if row.opcode == .continuation {
          try session.ws.sendMsg([], opcode: .binary, final: false)
          _ = try peer.readFrame()
        }
        try session.socket.send([UInt8](repeating: 0xEE, count: capacity - room))
        var error: WebSocketError?
        do throws(WebSocketError) {
          let count = try session.ws.sendMsg(
            row.payload, opcode: row.opcode, final: row.isFinal, timeout: .immediate)
          #expect(count == row.count)
        } catch let thrown {
          error = thrown
        }
        guard room > 0 else {
          // Refused before its first byte; the connection is as it was.
          #expect(error == .wouldBlock)
          _ = try peer.read(capacity)
          #expect(try peer.readAvailable() == [])
          let reader = BlockingThread { try peer.readFrame().unmasked }
          #expect(
            try session.ws.sendMsg(row.payload, opcode: row.opcode, final: row.isFinal, timeout: patience) == row.count
          )
          #expect(try reader.join() == Frame(row.opcode, row.payload, isFinal: row.isFinal))
          return
        }
        #expect(error == nil)
        // The next one is refused until the socket has taken this one, and neither is lost or doubled.
        if row.count + 2 > room, row.opcode != .close {
          #expect(failure { try session.ws.sendMsg([1], opcode: .ping, timeout: .immediate) } == .wouldBlock)
        }
        let sent = try seeOff(session) {
          _ = try peer.read(capacity - room)
          return try peer.readFrame().unmasked
        }
        #expect(sent == Frame(row.opcode, row.payload, isFinal: row.isFinal))
        if row.opcode != .close {
          try session.ws.sendMsg([7], opcode: .ping, timeout: patience)
          #expect(try peer.readFrame().unmasked == Frame(.ping, [7]))
        }
      }
    }
  }

  /// Reads at the other end, while a program that polls sees off the rest of a frame by calls of the other direction.
  private func seeOff(_ session: Session, _ read: @escaping @Sendable () throws -> Frame) throws -> Frame {
    let flag = Flag()
    let reader = BlockingThread {
      defer { flag.isUp.store(true, ordering: .releasing) }
      return try read()
    }
    while !flag.isUp.load(ordering: .acquiring) {
      guard try session.ws.descriptor.poll(for: .readable, timeout: .milliseconds(5)) == .readable else { continue }
      #expect(failure { try session.ws.recvMsg(maxCount: 1, timeout: .immediate) } == .wouldBlock)
    }
    return try reader.join()
  }

  private final class Flag: Sendable {
    let isUp = Atomic<Bool>(false)
  }

  @Test func `a compressed frame that the socket takes only a part of is sent whole`() throws {
    for role in Role.all {
      let (socket, peer) = try memoryPair(capacity: 1000)
      try withCompression(role, socket, peer) { (session, codec) throws in
        let payload = pattern(size: 50_000, seed: 3)
        #expect(try session.ws.sendMsg(payload, opcode: .binary, timeout: .immediate) == payload.count)
        #expect(failure { try session.ws.sendMsg(payload, opcode: .binary, timeout: .immediate) } == .wouldBlock)
        let frame = try seeOff(session) { try peer.readFrame() }
        #expect(equal(try codec.inflate(frame.payload, endsMessage: true), payload))
        // The context is the one that the peer has.
        let sender = BlockingThread { try session.ws.sendMsg(payload, opcode: .binary) }
        #expect(equal(try codec.readMessage(from: peer), payload))
        #expect(try sender.join() == payload.count)
      }
    }
  }

  @Test(arguments: [17, 200, 2000])
  func `fragments that are in memory make a message in one call`(count: Int) throws {
    try withSession(over: .memory) { session in
      for i in 0..<count {
        try session.peer.write(Frame(i == 0 ? .binary : .continuation, [UInt8(i & 255)], isFinal: i == count - 1).bytes)
      }
      let message = try session.ws.receiveMessage(timeout: .immediate)
      #expect(message == .binary((0..<count).map { UInt8($0 & 255) }))
    }
  }

  @Test func `empty frames in front of payload do not make an attempt come back without it`() throws {
    try withSession(over: .memory) { session in
      for _ in 0..<300 { try session.peer.write(Frame(.binary, []).bytes) }
      try session.peer.write(Frame(.binary, [7]).bytes)
      #expect(try session.ws.descriptor.recv(maxCount: 10, flags: .dontWait) == [7])
    }
  }

  @Test func `an attempt tells nothing there from another thread that is at it`() throws {
    try withSession(over: .memory) { session in
      #expect(failure { try session.ws.recvMsg(maxCount: 1, timeout: .immediate) } == .wouldBlock)
      let reader = try SleepingThread { try session.ws.recvMsg(maxCount: 10, timeout: patience).payload }
      let error = failure { try session.ws.recvMsg(maxCount: 1, timeout: .immediate) }
      #expect(error == .busy)
      #expect(error?.errno == .wouldBlock)
      #expect(failure { try session.ws.receiveMessage(timeout: .immediate) } == .busy)
      #expect(failure { try session.ws.recvMsg(maxCount: 1, timeout: .milliseconds(20)) } == .wouldBlock)
      try session.write(Frame(.binary, [1, 2]))
      #expect(try reader.join() == [1, 2])
    }
  }
}
