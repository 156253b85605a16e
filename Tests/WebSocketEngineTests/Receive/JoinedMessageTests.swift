import Testing
import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers
import WestwindTestSupport

/// Fragments joined to a message.
struct JoinedMessageTests {
  @Test(arguments: [0, 1, 10, 1000], Role.all)
  func `a message of exactly the limit is taken, and of a byte more is not`(limit: Int, role: Role) throws {
    for cut in Set([0, limit / 2, limit]) {
      let session = Session(role)
      let payload = pattern(size: limit, seed: 1)
      session.write(Frame(.binary, payload))
      #expect(try session.receiveMessage(maxSize: limit).payload == payload)
      session.write(
        Frame(.binary, Array(payload[..<cut]), isFinal: false), Frame(.continuation, Array(payload[cut...])))
      #expect(try session.receiveMessage(maxSize: limit).payload == payload)
      session.write(
        Frame(.binary, Array(payload[..<cut]), isFinal: false), Frame(.continuation, payload[cut...] + [1]))
      #expect(failure { try session.receiveMessage(maxSize: limit) } == .messageTooBig(limit: limit))
      #expect(try Frame.all(in: session.peer.readAvailable()).map { $0.unmasked } == [Frame(closing: 1009)])
    }
  }

  @Test func `a limit below nothing takes no message, not even an empty one`() {
    let session = Session(.client)
    session.write(Frame(.binary))
    #expect(failure { try session.receiveMessage(maxSize: -1) } == .messageTooBig(limit: -1))
  }

  @Test func `a limit that has become smaller than what is joined is over`() {
    let session = Session(.client)
    session.write(Frame(.binary, [1, 2, 3], isFinal: false))
    #expect(failure { try session.receiveMessage(maxSize: 10) } == .wouldBlock)
    session.write(Frame(.continuation))
    #expect(failure { try session.receiveMessage(maxSize: 2) } == .messageTooBig(limit: 2))
  }

  @Test(arguments: [11, 1 << 31, 1 << 32, 1 << 62, (1 << 63) - 1] as [UInt64])
  func `a header over the limit is refused before any payload has come`(length: UInt64) {
    let session = Session(.client)
    session.write(Frame(.binary, [1], isFinal: false))
    session.peer.write(Frame(.continuation).header(claiming: length))
    #expect(failure { try session.receiveMessage(maxSize: 10) } == .messageTooBig(limit: 10))
  }

  @Test func `fragments keep the kind of the first, and text is checked across them`() throws {
    let session = Session(.server)
    session.write(
      Frame(.text, [0xC3], isFinal: false), Frame(.continuation, isFinal: false), Frame(.ping, [1]),
      Frame(.continuation, [0xA9], isFinal: false), Frame(.continuation), Frame(.binary, [0xC3], isFinal: false),
      Frame(.continuation, [0xFF]))
    #expect(try session.receiveMessage() == Message(type: [.text, .final], payload: "é".bytes))
    #expect(try session.receiveMessage() == Message(type: [.binary, .final], payload: [0xC3, 0xFF]))
    session.write(Frame(.text, [0xC3], isFinal: false), Frame(.continuation, [0x28]))
    #expect(failure { try session.receiveMessage() } == .violation(.textNotUTF8))
  }

  @Test func `memory grows with what has come, not with what a header claims`() throws {
    var engine = ReceiveEngine(role: .client, input: ByteQueue(capacity: 1000))
    var state = CloseState()
    var joined: JoinedMessage?
    let memory = CountingSource()
    engine.makeRoom(from: memory)
    let claimed = 1 << 40
    engine.input.append(Frame(.binary).header(claiming: UInt64(claimed)).span.bytes)
    #expect(engine.next(&state) == .data)
    try engine.begin(&joined, limit: claimed)
    #expect(joined?.payload.capacity == 0)
    for count in 1...50 {
      engine.makeRoom(from: memory)
      engine.input.append([UInt8](repeating: 1, count: 100).span.bytes)
      #expect(try !engine.join(&joined, limit: claimed))
      #expect(joined?.payload.count == 100 * count)
      #expect(joined!.payload.capacity <= 400 * count + 100)
    }
    #expect(memory.taken == 1)
  }

  @Test func `in a message that is being joined nothing is lost where the engine waits`() throws {
    let frames = [
      Frame(.text, "grü".bytes, isFinal: false), Frame(.ping, [7]), Frame(.continuation, isFinal: false),
      Frame(.continuation, "ße".bytes),
    ]
    for role in Role.all {
      let session = Session(role)
      let bytes = session.bytes(frames)
      for byte in bytes.dropLast() {
        session.peer.write([byte])
        #expect(failure { try session.receiveMessage() } == .wouldBlock)
      }
      session.peer.write([bytes.last!])
      #expect(try session.receiveMessage().text == "grüße")
    }
  }
}
