import PerMessageDeflate
import SystemPackage
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// Socket calls on a descriptor with compression.
struct CompressedSocketCallTests {
  @Test(arguments: Role.all)
  func `recv gives inflated bytes; a peek leaves them, and MSG_WAITALL goes across frames`(role: Role) throws {
    try withCompression(role) { (session, codec) throws in
      let payload = compressible(size: 300)
      try session.write(
        codec.frame(.binary, payload), Frame(.ping), codec.frame(.binary, []), codec.frame(.text, "text".bytes))
      let socket = session.ws.descriptor
      #expect(try socket.recv(maxCount: 100, flags: .peek, timeout: patience) == Array(payload[..<100]))
      #expect(try socket.recv(maxCount: 1000, flags: [.peek, .waitForAll], timeout: patience) == payload)
      #expect(try socket.recv(maxCount: 100, timeout: patience) == Array(payload[..<100]))
      #expect(try socket.recv(maxCount: 202, flags: .waitForAll, timeout: patience) == payload[100...] + "te".bytes)
      #expect(try socket.recv(maxCount: 10, flags: .dontWait).text == "xt")
      #expect(errno { try socket.recv(maxCount: 10, flags: .dontWait) } == .wouldBlock)
    }
  }

  @Test(arguments: Role.all, Wire.allCases)
  func `the number polls readable exactly while inflated bytes wait`(role: Role, wire: Wire) throws {
    try withCompression(role, over: wire) { (session, codec) throws in
      let number = session.ws.descriptor.rawValue
      #expect(try !pollsReadable(number, .immediate))
      let bytes = session.bytes(try codec.frame(.binary, compressible(size: 3000)))
      try session.peer.deliver(Array(bytes[..<40]))
      #expect(failure { try session.ws.recvMsg(maxCount: 10, timeout: .immediate) } == .wouldBlock)
      #expect(try !pollsReadable(number, .immediate))
      try session.peer.deliver(bytes[40...] + session.bytes(Frame(.ping), try codec.frame(.text, "behind".bytes)))
      for _ in 0..<30 {
        #expect(try pollsReadable(number, patience))
        #expect(try session.ws.recvMsg(maxCount: 100, timeout: .immediate).payload.count == 100)
      }
      #expect(try pollsReadable(number, .immediate))
      #expect(try session.ws.recvMsg(maxCount: 100, timeout: .immediate).payload.text == "behind")
      #expect(try !pollsReadable(number, .immediate))
      try session.peer.deliver(session.bytes(try codec.frame(.text, [])))
      #expect(try pollsReadable(number, patience))
      #expect(try session.ws.recvMsg(maxCount: 100, timeout: .immediate).message.count == 0)
      #expect(try !pollsReadable(number, .immediate))
    }
  }

  @Test(arguments: Role.all, [true, false])
  func `a non-blocking send of which the socket takes a part is kept, and all of it inflates`(
    role: Role, shrinks: Bool
  ) throws {
    let (socket, peer) = try memoryPair(capacity: 1000)
    try withCompression(role, socket, peer, options: { $0.sendOpcode = .binary }) { (session, codec) throws in
      try session.ws.descriptor.setNonBlocking(true)
      let payload = shrinks ? compressible(size: 300_000) : pattern(size: 300_000, seed: 6)
      var taken = 0
      var bytes: [UInt8] = []
      while true {
        if taken < payload.count, let count = try? session.ws.descriptor.send(Array(payload[taken...])) {
          taken += count
        }
        // The number polls readable while there is something to write and room for it, and receiving writes it.
        #expect(errno { try session.ws.descriptor.recv(maxCount: 10) } == .wouldBlock)
        let more = try peer.readAvailable()
        if more.isEmpty, taken == payload.count { break }
        bytes += more
      }
      let (frames, rest) = try parseFrames(bytes)
      #expect(rest == 0)
      #expect(frames.allSatisfy { $0.isFinal && $0.reservedBits == FrameHeader.rsv1 })
      #expect(difference(try frames.flatMap { try codec.inflate($0.payload) }, payload) == nil)
    }
  }
}
