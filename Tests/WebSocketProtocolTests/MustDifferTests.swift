import Testing
import WebSocketProtocol

/// Where Zephyr's behaviour is a known defect, and this library therefore differs: the part of it that needs no socket.
struct MustDifferTests {
  @Test func `must differ: the accept value is compared whole, and no part of it or empty value passes`() {
    let accept = SampleHandshake.accept
    let values = (0..<accept.count).map { String(accept.prefix($0)) } + [accept + "x", accept.lowercased()]
    for value in values {
      #expect(throws: HandshakeViolation.acceptWrong) {
        try ClientHandshakeTests.check(ClientHandshakeTests.good.dropLast() + ["Sec-WebSocket-Accept: " + value])
      }
    }
  }

  @Test func `must differ: a header whose name only begins with Sec-WebSocket-Accept is another header`() {
    #expect(throws: HandshakeViolation.acceptMissing) {
      try ClientHandshakeTests.check(
        ClientHandshakeTests.good.dropLast() + ["Sec-WebSocket-Accept-X: " + SampleHandshake.accept])
    }
  }

  @Test func `must differ: a right accept value does not make up for the status, Upgrade or Connection`() {
    let good = ClientHandshakeTests.good
    #expect(throws: HandshakeViolation.status(200)) {
      try ClientHandshakeTests.check(good, status: "HTTP/1.1 200 OK")
    }
    #expect(throws: HandshakeViolation.upgradeMissing) { try ClientHandshakeTests.check(Array(good[1...])) }
    #expect(throws: HandshakeViolation.connectionMissing) { try ClientHandshakeTests.check([good[0], good[2]]) }
  }

  @Test func `must differ: a second response is judged by itself, not by the first one's good answer`() throws {
    let client = try ClientHandshakeTests.client()
    let good = try ResponseHead(
      (["HTTP/1.1 101 x"] + ClientHandshakeTests.good + ["", ""]).joined(separator: "\r\n").bytes)
    var bad = good
    bad.fields.removeLast()
    _ = try client.check(good)
    #expect(throws: HandshakeViolation.acceptMissing) { try client.check(bad) }
  }

  @Test func `must differ: every one of the key's 128 bits goes into it, and into the accept value`() {
    let zeros = [UInt8](repeating: 0, count: 16)
    var keys: Set<HandshakeKey> = [HandshakeKey(nonce: zeros)]
    for bit in 0..<128 {
      var nonce = zeros
      nonce[bit / 8] = 1 << UInt8(bit % 8)
      keys.insert(HandshakeKey(nonce: nonce))
    }
    #expect(keys.count == 129)
    #expect(Set(keys.map { $0.accept }).count == 129)
  }

  @Test func `must differ: a continuation has the message's kind and says that it is one`() {
    let result = received([frame(.text, [], isFinal: false) + frame(.continuation, [])], by: .client)
    #expect(result.frames.last?.meaning == .data(kind: .text, isContinuation: true))
  }

  @Test(arguments: [0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF] as [UInt8])
  func `must differ: a reserved opcode is refused and never taken for a continuation`(value: UInt8) {
    let stream = frame(.binary, [1], isFinal: false) + frame(Opcode(rawValue: value), [2])
    let result = received([stream], by: .client)
    #expect(result.frames.count == 1)
    #expect(result.violation == .reservedOpcode(value))
  }

  @Test func `must differ: CLOSE is known whatever else the frame is, and a CLOSE in fragments is refused`() {
    #expect(received([frame(.close, [])], by: .client).frames.map { $0.meaning } == [.control(.close)])
    #expect(received([frame(.close, [], isFinal: false)], by: .client).violation == .fragmentedControlFrame)
  }

  @Test func `must differ: an empty message is a message, and no bytes are none`() {
    #expect(received([frame(.binary, [])], by: .client).frames.count == 1)
    #expect(received([[], []], by: .client).frames.isEmpty)
  }

  @Test func `must differ: a client refuses a masked frame`() {
    #expect(received([frame(.binary, [1], key: .sample)], by: .client).violation == .maskedByServer)
  }

  @Test func `must differ: a sender is refused what the specification forbids`() throws {
    let state = SendState()
    #expect(throws: SendState.Refusal.controlFrameNotFinal) {
      try SendStateTests.sending(.ping, isFinal: false, after: state)
    }
    #expect(throws: SendState.Refusal.controlFrameTooLong(126)) {
      try SendStateTests.sending(.ping, [UInt8](repeating: 0, count: 126), after: state)
    }
    #expect(throws: SendState.Refusal.continuationWithoutMessage) {
      try SendStateTests.sending(.continuation, after: state)
    }
    #expect(throws: SendState.Refusal.textNotUTF8) { try SendStateTests.sending(.text, [0xFF], after: state) }
    #expect(throws: SendState.Refusal.afterClose) {
      try SendStateTests.sending(.binary, after: state, hasSentClose: true)
    }
  }
}
