import Testing
import WebSocketProtocol
import WestwindTestSupport

/// What users of other WebSocket libraries ran into, as far as it can go wrong without a socket. The numbers are the
/// rows of the list of such defects; the rows about sockets, timeouts and threads have their tests beside those.
struct FieldDefectTests {
  static let response = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n".bytes

  @Test func `field defect 1: frames behind the 101 response are kept, wherever the stream is split`() throws {
    let frames = frame(.binary, [1, 2, 3]) + frame(.ping, [])
    let stream = Self.response + frames
    for position in 0...stream.count {
      let (head, rest) = try head(stream.cut(at: [position]))
      #expect(head == Self.response)
      #expect(rest == frames)
    }
  }

  @Test func `field defect 2: the second frame of one segment is there at once`() {
    let result = received([frame(.binary, [1]) + frame(.binary, [2])], by: .client)
    #expect(result.frames.map { $0.payload } == [[1], [2]])
  }

  @Test(arguments: [.text, .binary, .ping, .pong, .close] as [Opcode])
  func `field defect 4: a frame with no payload is a frame`(opcode: Opcode) {
    let behind = frame(.binary, [7])
    for pieces in [[frame(opcode, []) + behind], (frame(opcode, []) + behind).cutAtEveryByte] {
      let result = received(pieces, by: .client)
      #expect(result.frames.map { $0.payload } == [[], [7]])
      #expect(result.frames[0].isFinal)
      #expect(result.remaining == 0)
      #expect(result.violation == nil)
    }
  }

  @Test func `field defect 4: an empty last fragment ends the message`() {
    let stream = frame(.text, "hi".bytes, isFinal: false) + frame(.continuation, []) + frame(.text, "next".bytes)
    let result = received([stream], by: .client)
    #expect(result.frames.map { $0.payload.text } == ["hi", "", "next"])
    #expect(result.frames.map { $0.isFinal } == [false, true, true])
    #expect(result.violation == nil)
  }

  @Test(arguments: [1, 2, 3, 199])
  func `field defect 5: what remains of a frame is right after every piece, with a frame behind it`(size: Int) {
    let payload = [UInt8](0..<200)
    let first = frame(.binary, payload)
    let stream = first + frame(.binary, [1])
    let header = first.count - payload.count
    for end in stride(from: header, to: first.count, by: size) {
      #expect(received([Array(stream[..<end])], by: .client).remaining == UInt64(first.count - end))
    }
    let pieces = stream.cut(at: Array(stride(from: header, to: first.count, by: size)))
    #expect(received(pieces, by: .client).frames.map { $0.payload } == [payload, [1]])
  }

  @Test(arguments: [.text, .binary] as [Opcode])
  func `field defect 6: kind and FIN are stated on every fragment, and FIN only on the last`(kind: Opcode) {
    let stream =
      frame(kind, [0x61], isFinal: false) + frame(.continuation, [0x62], isFinal: false) + frame(.continuation, [0x63])
    let result = received([stream], by: .client)
    #expect(result.frames.map { $0.isFinal } == [false, false, true])
    #expect(
      result.frames.map { $0.meaning } == [false, true, true].map { .data(kind: kind, isContinuation: $0) })
  }

  @Test func `field defect 7: the header's size is known before it is written, so header bytes are never payload`() {
    for (length, _) in FrameHeaderTests.lengths {
      for key in [nil, MaskingKey.sample] {
        let header = FrameHeader(.binary, length, key: key)
        #expect(header.encoded.count == header.encodedLength)
      }
    }
  }

  @Test func `field defect 8: a frame resumed at any byte has the bytes that it would have had`() {
    let payload = [UInt8](0..<64)
    let whole = MaskingKeyTests.masked(payload, from: 0)
    for resumed in 0...64 {
      #expect(
        MaskingKeyTests.masked(payload, from: 0, to: resumed)
          + MaskingKeyTests.masked(payload, from: resumed) == whole)
    }
  }

  @Test(arguments: [.continuation, .text, .binary, .close, .ping, .pong] as [Opcode])
  func `field defect 9: a client's frames are all masked, and a server takes no other, control frames included`(
    opcode: Opcode
  ) {
    let before = opcode == .continuation ? frame(.binary, [], isFinal: false, key: .sample) : []
    #expect(Role.client.sendsMasked)
    #expect(received([before + frame(opcode, [], key: .sample)], by: .server).violation == nil)
    #expect(received([before + frame(opcode, [])], by: .server).violation == .unmaskedByClient)
  }

  @Test func `field defect 10: once CLOSE is answered nothing more is sent`() throws {
    for opcode in [.close, .pong] as [Opcode] {
      #expect(throws: SendState.Refusal.afterClose) {
        try SendStateTests.sending(opcode, after: SendState(), hasSentClose: true)
      }
    }
  }

  @Test func `field defect 12: a stream that pauses at any byte goes on where it was`() {
    let stream = frame(.text, "grüße".bytes, key: .sample) + frame(.ping, [1], key: .sample)
    let whole = received([stream], by: .server)
    for position in 0...stream.count {
      let (before, after) = (Array(stream[..<position]), Array(stream[position...]))
      #expect(received([before, [], [], after], by: .server) == whole)
    }
  }

  @Test func `field defect 13: control frames inside a fragmented message leave it whole`() {
    let stream =
      frame(.text, [0xC3], isFinal: false) + frame(.ping, [0xFF]) + frame(.continuation, [0xA4], isFinal: false)
      + frame(.pong, []) + frame(.continuation, "!".bytes)
    for pieces in [[stream], stream.cutAtEveryByte] {
      let result = received(pieces, by: .client)
      #expect(result.violation == nil)
      #expect(
        result.frames.map { $0.meaning } == [
          .data(kind: .text, isContinuation: false), .control(.ping), .data(kind: .text, isContinuation: true),
          .control(.pong), .data(kind: .text, isContinuation: true),
        ])
    }
  }

  @Test(arguments: [0, 1, 124, 125, 126, 127, 65534, 65535, 65536, 65537], Role.allRoles)
  func `field defect 14: a frame of a length at an edge comes through whole`(length: Int, role: Role) {
    let payload = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let key = role == .server ? MaskingKey.sample : nil
    let stream = frame(.binary, payload, key: key) + frame(.pong, [], key: key)
    let result = received([stream], by: role)
    #expect(result.frames.count == 2)
    #expect(result.frames[0].payload == payload)
  }

  @Test(arguments: [1 << 32, 1 << 32 + 1, .max >> 1] as [UInt64])
  func `field defect 14: a length past 32 bits is kept whole`(length: UInt64) {
    #expect(received([FrameHeader(.binary, length).encoded + [1, 2, 3]], by: .client).remaining == length - 3)
  }

  @Test func `field defect 14: a length with its top bit set is refused with 1002`() {
    let result = received([[0x82, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 0]], by: .client)
    #expect(result.violation == .lengthTopBitSet)
    #expect(result.violation?.closeCode == .protocolError)
  }

  @Test func `field defect 15: a response in segments of one byte is read as if whole`() throws {
    #expect(try head(Self.response.cutAtEveryByte) == head([Self.response]))
  }

  @Test func `field defects 15, 16: a head over the limit gives an error that names the limit`() {
    let endless = "HTTP/1.1 101 x\r\n".bytes + [UInt8](repeating: 0x61, count: 70_000)
    #expect(throws: HandshakeViolation.headTooLarge(limit: 65536)) { try head([endless], limit: 65536) }
  }

  @Test func `field defect 19: a frame given up before its first byte leaves the message open as it was`() throws {
    let state = SendStateTests.open(.text, [0xC3])
    _ = try SendStateTests.sending(.continuation, [0xA4], after: state)  // timed out, never stored
    _ = try SendStateTests.sending(.continuation, [0xA4], after: state)
  }
}
