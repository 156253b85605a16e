// A whole session against the core alone, in both roles: parser, unmasking, state, text check and close bodies put
// together as a connection does. The same frames, payloads and violation come out however the stream is cut, and text
// that was taken is UTF-8.

import WebSocketProtocol

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let stream = Stream(data, count)
  for role in [Role.client, .server] {
    requireSame(stream.segmentations.map { Session.run(stream.bytes, cut: $0, role: role) })
  }
  return 0
}

private struct ReceivedFrame: Equatable {
  var meaning: ReceiveState.Meaning
  var isFinal: Bool
  var payload: [UInt8]
}

private struct Session: Equatable {
  var frames: [ReceivedFrame] = []
  var open: FrameHeader?
  var closeCode: CloseBody.Code?
  var violation: ProtocolViolation?

  static func run(_ bytes: [UInt8], cut pieces: [Range<Int>], role: Role) -> Session {
    var receiver = Receiver(role: role)
    for piece in pieces {
      do throws(ProtocolViolation) {
        try receiver.take(bytes.span.extracting(piece))
      } catch {
        receiver.session.violation = error
        require(error.closeCode.mayBeSent, "\(error) closes with \(error.closeCode)")
        break
      }
    }
    return receiver.session
  }
}

private struct Receiver {
  var session = Session()
  private var parser = FrameHeaderParser()
  private var state: ReceiveState
  private var meaning = ReceiveState.Meaning.control(.ping)
  private var payload: [UInt8] = []
  private var message: [UInt8] = []

  init(role: Role) {
    state = ReceiveState(role: role)
  }

  mutating func take(_ piece: Span<UInt8>) throws(ProtocolViolation) {
    var index = 0
    // nothing is read behind CLOSE (RFC 6455 5.5.1)
    while session.closeCode == nil {
      if session.open == nil {
        guard let header = try parser.parse(piece, from: &index) else { return }
        meaning = try state.receive(header)
        session.open = header
        payload = []
        if case .data(_, isContinuation: false) = meaning { message = [] }
      }
      guard let header = session.open else { return }
      let left = header.payloadLength - UInt64(payload.count)
      let count = Int(min(left, UInt64(piece.count - index)))
      if count == 0, left > 0 { return }
      let bytes = (index..<(index + count)).map { piece[$0] }
      try takePayload(unmasked(bytes, header.maskingKey), of: header)
      index += count
    }
  }

  private mutating func takePayload(_ bytes: [UInt8], of header: FrameHeader) throws(ProtocolViolation) {
    payload += bytes
    let isWhole = UInt64(payload.count) == header.payloadLength
    switch meaning {
    case .data(let kind, _):
      message += bytes
      if kind == .text { try takeText(bytes, endsMessage: isWhole && header.isFinal) }
    case .control(let opcode):
      require(header.payloadLength <= 125 && header.isFinal, "control frame \(header)")
      if opcode == .close, isWhole { session.closeCode = try CloseBody.check(payload.span) }
    }
    if isWhole {
      session.frames.append(ReceivedFrame(meaning: meaning, isFinal: header.isFinal, payload: payload))
      session.open = nil
    }
  }

  private mutating func takeText(_ bytes: [UInt8], endsMessage: Bool) throws(ProtocolViolation) {
    do throws(ProtocolViolation) {
      try state.receiveText(bytes.span, endsMessage: endsMessage)
    } catch {
      require(String(validating: message, as: UTF8.self) == nil, "valid text was refused: \(message)")
      throw error
    }
    if endsMessage {
      require(String(validating: message, as: UTF8.self) != nil, "text that is not UTF-8 was taken: \(message)")
    }
  }

  /// Unmasks by words and, to compare, byte by byte as RFC 6455 5.3 has it.
  private func unmasked(_ bytes: [UInt8], _ key: MaskingKey?) -> [UInt8] {
    guard let key else { return bytes }
    let offset = payload.count
    let place = offset % 11  // any alignment
    var words = [UInt64](repeating: 0, count: (place + bytes.count + 7) / 8)
    for (i, byte) in bytes.enumerated() {
      words[(place + i) / 8] |= UInt64(littleEndian: UInt64(byte) << UInt64(8 * ((place + i) % 8)))
    }
    var span = words.mutableSpan
    key.apply(to: &span, bytes: place..<(place + bytes.count), payloadOffset: offset)
    let result = bytes.indices.map { i in
      UInt8(truncatingIfNeeded: words[(place + i) / 8].littleEndian >> UInt64(8 * ((place + i) % 8)))
    }
    let expected = bytes.enumerated().map { i, byte in byte ^ key[(offset + i) % 4] }
    require(result == expected, "unmasked \(result), not \(expected)")
    return result
  }
}
