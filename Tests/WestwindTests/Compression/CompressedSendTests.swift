import PerMessageDeflate
import Testing
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// `sendMsg` where compression is agreed on.
struct CompressedSendTests {
  @Test(arguments: Role.all)
  func `messages under the minimum size go plain, and the others compressed`(role: Role) throws {
    try withCompression(role, options: { $0.compression?.minimumSize = 64 }) { (session, codec) throws in
      for size in [0, 1, 63, 64, 65, 1000] {
        let payload = compressible(size: size)
        #expect(try session.ws.sendMsg(payload, opcode: .binary) == size)
        let frame = try session.peer.readFrame()
        #expect(frame.reservedBits == (size < 64 ? 0 : FrameHeader.rsv1))
        #expect(equal(size < 64 ? frame.payload : try codec.inflate(frame.payload), payload))
      }
    }
  }

  @Test func `a message in fragments is judged by its first`() throws {
    try withCompression(options: { $0.compression?.minimumSize = 64 }) { (session, codec) throws in
      let long = compressible(size: 500)
      try session.ws.sendMsg([1], opcode: .binary, final: false)
      try session.ws.sendMsg(long, opcode: .continuation)
      #expect(
        try session.peer.readFrames(2).map { $0.unmasked } == [
          Frame(.binary, [1], isFinal: false), Frame(.continuation, long),
        ])
      try session.ws.sendMsg(long, opcode: .binary, final: false)
      try session.ws.sendMsg([1], opcode: .continuation)
      #expect(try codec.readMessage(from: session.peer) == long + [1])
    }
  }

  @Test(arguments: Role.all)
  func `what shrinks costs less on the wire, and with the context a repetition costs next to nothing`(
    role: Role
  ) throws {
    try withCompression(role) { (session, codec) throws in
      let payload = pattern(size: 4000, seed: 3).map { UInt8(ascii: "a") + $0 & 15 }
      try session.ws.sendMsg(payload, opcode: .binary)
      try session.ws.sendMsg(payload, opcode: .binary)
      let frames = try session.peer.readFrames(2)
      #expect(frames[0].payload.count < 2500)
      #expect(frames[1].payload.count < 100)
      for frame in frames { #expect(equal(try codec.inflate(frame.payload), payload)) }
      let traffic = websocketContexts().first { $0.descriptor == session.ws }
      #expect(traffic?.bytesSent == 8000)
    }
  }

  @Test(arguments: Role.all, [true, false])
  func `messages of every size come through, with the context and without`(role: Role, keepsContext: Bool) throws {
    let parameters = PerMessageDeflateParameters(
      serverNoContextTakeover: !keepsContext, clientNoContextTakeover: !keepsContext)
    try withCompression(role, over: .memory, parameters) { (session, codec) throws in
      for size in [0, 1, 2, 125, 126, 65535, 65536, 65537, 300_000] {
        for payload in [compressible(size: size), pattern(size: size, seed: 1), [UInt8](repeating: 0, count: size)] {
          #expect(try session.ws.sendMsg(payload, opcode: .binary, timeout: patience) == size)
          #expect(difference(try codec.readMessage(from: session.peer), payload) == nil)
        }
      }
    }
  }

  @Test func `empty messages and empty fragments come through`() throws {
    try withCompression { (session, codec) throws in
      try session.ws.sendMsg("")
      try session.ws.sendMsg("", final: false)
      try session.ws.sendMsg([], opcode: .continuation)
      try session.ws.sendMsg("", final: false)
      try session.ws.sendMsg("abc".bytes, opcode: .continuation, final: false)
      try session.ws.sendMsg([], opcode: .continuation)
      #expect(try (0..<3).map { _ in try codec.readMessage(from: session.peer).text } == ["", "", "abc"])
    }
  }

  @Test func `frames held back with .more and in a cork are whole and in order`() throws {
    try withCompression { (session, codec) throws in
      for number in 0..<5 {
        try session.ws.sendMsg(compressible(size: 700, seed: number), opcode: .binary, flags: .more)
      }
      try session.ws.withCork { () throws(WebSocketError) in
        for number in 5..<10 { try session.ws.sendMsg(compressible(size: 700, seed: number), opcode: .binary) }
      }
      for number in 0..<10 {
        #expect(equal(try codec.readMessage(from: session.peer), compressible(size: 700, seed: number)))
      }
    }
  }

  @Test func `text that is not UTF-8 is refused before anything of it is compressed`() throws {
    try withCompression { (session, codec) throws in
      #expect(
        failure { try session.ws.sendMsg([0xFF], opcode: .text) } == .invalidArgument(.frame(.textNotUTF8)))
      try session.ws.sendMsg("grüße")
      #expect(try codec.readMessage(from: session.peer).text == "grüße")
    }
  }

  @Test func `many threads send compressed messages, and each inflates`() throws {
    try withCompression { (session, codec) throws in
      let senders = (0..<6).map { sender in
        BlockingThread {
          for number in 0..<100 {
            try session.ws.sendMsg(
              [UInt8(sender)] + compressible(size: number * 53, seed: number), opcode: .binary, timeout: patience)
            if number % 10 == 0 { try session.ws.sendMsg([UInt8(sender)], opcode: .ping, timeout: patience) }
          }
        }
      }
      var next = [Int](repeating: 0, count: 6)
      var pings = 0
      while next.contains(where: { $0 < 100 }) || pings < 60 {
        let frame = try session.peer.readFrame()
        if frame.opcode == .ping {
          #expect(frame.reservedBits == 0)
          pings += 1
          continue
        }
        let message = try codec.inflate(frame.payload)
        let sender = Int(message[0])
        #expect(equal(Array(message.dropFirst()), compressible(size: next[sender] * 53, seed: next[sender])))
        next[sender] += 1
      }
      for sender in senders { try sender.join() }
    }
  }
}
