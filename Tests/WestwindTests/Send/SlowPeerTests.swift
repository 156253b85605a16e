import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport
import WestwindTesting

/// Sockets that take little at a time.
struct SlowPeerTests {
  static let frames = [
    Frame(.text, "grüße".bytes), Frame(.binary, [UInt8](0..<200), isFinal: false), Frame(.ping, [1, 2, 3]),
    Frame(.continuation), Frame(.binary, pattern(size: 600, seed: 5)), Frame(closing: 1000, "ende"),
  ]

  /// Sends the frames above against a peer that reads while they are sent; all of them have to come as they are.
  func exchange(_ session: Session, readUpTo size: Int = 4096) throws {
    let sender = BlockingThread {
      for frame in Self.frames {
        guard try session.ws.sendMsg(frame.payload, opcode: frame.opcode, final: frame.isFinal) == frame.payload.count
        else { throw TestSupportError("a count is wrong") }
      }
    }
    var bytes: [UInt8] = []
    let header = session.role == .client ? 6 : 2
    let total = Self.frames.reduce(0) { $0 + header + ($1.payload.count > 125 ? 2 : 0) + $1.payload.count }
    while bytes.count < total {
      let more = try session.peer.socket.recv(maxCount: size, timeout: patience)
      try #require(!more.isEmpty)
      bytes += more
    }
    try sender.join()
    // The key in each header takes the mask off the whole payload, so it was the same one over all the pieces.
    let (frames, rest) = try parseFrames(bytes)
    #expect(rest == 0)
    #expect(frames.map { $0.unmasked } == Self.frames)
    #expect(frames.allSatisfy { $0.isMasked == (session.role == .client) })
  }

  @Test(arguments: Role.all, [1, 2, 3, 7, 13])
  func `Field defects 7, 8: a socket that takes a few bytes at a time gets every byte once, under one key`(
    role: Role, capacity: Int
  ) throws {
    let (socket, peer) = try memoryPair(capacity: capacity)
    try withSession(role, socket, peer) { try exchange($0) }
  }

  @Test(arguments: Role.all, ScriptedSocket.Fault.allCases.filter { $0 != .reset && $0 != .endOfStream })
  func `Field defects 7, 8: a write that falls short at any operation is gone on with`(
    role: Role, fault: ScriptedSocket.Fault
  ) throws {
    for operation in 0..<12 {
      let (below, peer) = try memoryPair()
      defer { try? below.close() }
      let (socket, _) = try ScriptedSocket.make(over: below, script: .init(fault: fault, at: operation))
      try withSession(role, socket, peer) { try exchange($0) }
    }
  }

  @Test(arguments: Role.all, [false, true])
  func `Field defects 7, 8: a large message through a tiny send buffer of a real socket, blocking or not`(
    role: Role, isNonBlocking: Bool
  ) throws {
    let (socket, other) = try tcpPair(capacity: 1)
    let peer = RawPeer(socket: other, opposite: socket)
    try withSession(role, socket, peer) { session in
      try session.socket.setNonBlocking(isNonBlocking)
      let payload = pattern(size: 300_000, seed: 77)
      let before = payload
      let sender = BlockingThread {
        let count = try payload.withUnsafeBytes { try session.ws.sendMsg($0, opcode: .binary, timeout: patience) }
        return (count, equal(payload, before))
      }
      let frame = try peer.readFrame()
      #expect(difference(frame.payload, before) == nil)
      let (count, isUnchanged) = try sender.join()
      #expect(count == 300_000)
      #expect(isUnchanged)
    }
  }
}
