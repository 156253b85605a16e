import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Packets that lie one behind the other, each sent in a binary message of its own, as MQTT over WebSockets asks for.
struct PacketTests {
  /// Packets whose first byte says how many follow.
  static func packets(_ sizes: [Int]) -> [UInt8] {
    sizes.flatMap { [UInt8($0)] + [UInt8](repeating: UInt8($0), count: $0) }
  }

  @Test(arguments: Role.all)
  func `each packet is a message, and all of them leave in one write`(role: Role) throws {
    try withCounted(role) { (session, counting) throws in
      let sizes = [0, 1, 5, 124, 125, 126, 250]
      #expect(try session.ws.send(Self.packets(sizes)) == 0)
      #expect(counting.takeWrites().count == 1)
      #expect(
        try session.peer.readFrames(sizes.count).map { $0.unmasked } == sizes.map { Frame(.binary, Self.packets([$0])) }
      )
    }
  }

  @Test func `a packet whose end is not there is left, and so is one without a length`() throws {
    try withCounted { (session, counting) throws in
      #expect(try session.ws.send(Self.packets([2, 3]) + [7, 7, 7]) == 3)
      #expect(counting.takeWrites().count == 1)
      #expect(try session.peer.readFrames(2).map { $0.payload } == [Self.packets([2]), Self.packets([3])])
      #expect(try session.ws.send([9, 1]) == 2)
      #expect(try session.ws.send([]) == 0)
      #expect(try session.ws.send([1, 2], length: { _ in nil }) == 2)
      #expect(counting.takeWrites() == [])
    }
  }

  @Test func `the last waits for what follows where it is held`() throws {
    try withCounted { (session, counting) throws in
      #expect(try session.ws.send(Self.packets([1, 2]), isHeld: true) == 0)
      #expect(counting.takeWrites() == [])
      try session.ws.sendMsg([3], opcode: .binary)
      #expect(counting.takeWrites().count == 1)
      #expect(try session.peer.readFrames(3).map { $0.payload } == [[1, 1], [2, 2, 2], [3]])
    }
  }

  @Test func `a peer that does not read in time ends the connection where part of a packet has left`() throws {
    let (socket, peer) = try memoryPair(capacity: 100)
    try withSession(.server, socket, peer) { session in
      let error = failure { try session.ws.send(Self.packets([10, 200]), timeout: .milliseconds(30)) }
      // part of the second has left, so nothing may follow
      #expect(error?.errno == .connectionAbort)
      let next = failure { try session.ws.send(Self.packets([1]), timeout: .immediate) }
      #expect(next?.errno == .socketNotConnected)
    }
  }
}

extension WebSocketDescriptor {
  /// - Returns: the bytes that are left.
  func send(
    _ packets: [UInt8], isHeld: Bool = false, timeout: Timeout = patience,
    length: (RawSpan) -> Int? = { $0.isEmpty ? nil : 1 + Int($0.unsafeLoad(as: UInt8.self)) }
  ) throws -> Int {
    var rest = packets.span.bytes
    try sendPackets(&rest, isHeld: isHeld, until: Deadline(timeout), length: length)
    return rest.byteCount
  }
}
