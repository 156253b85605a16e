internal import Synchronization
internal import WebSocketProtocol
internal import WestwindSockets

extension Connection {
  /// Reads headers and control frames out of what waits, up to the first thing that the caller is to have.
  func parseBuffered(_ side: inout ReadSide) throws(WebSocketError) {
    defer {
      if side.hasAnswered {
        side.hasAnswered = false
        pump()
      }
    }
    while side.frame == nil, side.control?.isDeliverable != true, !side.hasReceivedClose, !side.hasEnded {
      if side.control != nil {
        guard try collectControl(&side) else { return }
        continue
      }
      if side.compressed != nil {
        guard try inflateArrived(&side) else { return }
        continue
      }
      guard !side.input.isEmpty else { return }
      do throws(ProtocolViolation) {
        guard try parseHeader(&side) else { return }
      } catch {
        throw .protocolViolation(error)
      }
    }
  }

  /// Reads the next header.
  ///
  /// - Returns: false where it is not whole yet.
  private func parseHeader(_ side: inout ReadSide) throws(ProtocolViolation) -> Bool {
    var index = 0
    var header: FrameHeader?
    if side.parser.isAtStart { header = side.input.withSpan { FrameHeader(whole: $0, from: &index) } }
    if header == nil {
      var parser = side.parser
      header = try side.input.withSpan { bytes throws(ProtocolViolation) in try parser.parse(bytes, from: &index) }
      side.parser = parser
    }
    side.input.drop(index)
    guard let header else { return false }
    switch try side.state.receive(header) {
    case .data(let kind, let isContinuation):
      let type = MessageType(kind: kind, isFinal: header.isFinal, isContinuation: isContinuation)
      if side.state.isCompressed {
        side.noteSize(header: 0, payload: 0)
        side.compressed = ReadSide.CompressedFrame(type: type, key: header.maskingKey, remaining: header.payloadLength)
        break
      }
      side.noteSize(
        header: header.encodedLength, payload: header.payloadLength, isMasked: header.maskingKey != nil)
      let frame = ReadSide.DataFrame(type: type, key: header.maskingKey, remaining: header.payloadLength)
      if header.payloadLength == 0, header.isFinal, kind == .text {
        try side.state.receiveText(Span(), endsMessage: true)
      }
      side.frame = frame
    case .control(let opcode):
      // Many of them are to come with one read.
      side.noteSize(header: 0, payload: 0)
      side.control = ReadSide.ControlFrame(
        opcode: opcode, length: Int(header.payloadLength), key: header.maskingKey)
    }
    traffic.noteReceivedFrame()
    return true
  }

  /// Collects a control frame's payload, and deals with it once it is whole.
  ///
  /// - Returns: false where it is not whole yet.
  private func collectControl(_ side: inout ReadSide) throws(WebSocketError) -> Bool {
    guard var control = side.control else { return true }
    let count = min(control.length - control.body.count, side.input.count)
    if count > 0 {
      if let key = control.key {
        side.input.unmask(0..<count, key: key, payloadOffset: control.body.count)
      }
      side.input.copyFirst(count, to: &control.body.bytes, at: control.body.count)
      control.body.count += count
      side.input.drop(count)
      traffic.noteReceived(bytes: count)
    }
    side.control = control
    guard control.body.count == control.length else { return false }
    try receiveControl(control, &side)
    return true
  }

  private func receiveControl(_ control: ReadSide.ControlFrame, _ side: inout ReadSide) throws(WebSocketError) {
    let isAutomatic = answersControlFrames.load(ordering: .relaxed)
    side.control = nil
    switch control.opcode {
    case .ping:
      if isAutomatic {
        answerPing(control.body)
        side.hasAnswered = true
      }
    case .pong:
      if side.keepAlive != nil {
        side.keepAlive?.notePong()
        armTimer(&side)
      }
    default:
      let status: CloseStatus
      do throws(ProtocolViolation) {
        status = try CloseStatus(body: control.body.array, isChecked: isAutomatic)
      } catch {
        throw .protocolViolation(error)
      }
      closeStatus.withLock { $0 = status }
      side.hasReceivedClose = true
    }
    if !isAutomatic || control.opcode == .close {
      side.control = control
      side.control?.isDeliverable = true
    }
  }

  /// Unmasks and checks the first bytes of the frame's payload that wait in the input.
  func prepare(_ count: Int, _ side: inout ReadSide) throws(WebSocketError) {
    guard let frame = side.frame, count > frame.prepared else { return }
    if let key = frame.key {
      side.input.unmask(frame.prepared..<count, key: key, payloadOffset: frame.offset + frame.prepared)
    }
    if frame.type.contains(.text) {
      let endsMessage = frame.type.contains(.final) && UInt64(count) == frame.remaining
      var state = side.state
      do throws(ProtocolViolation) {
        try side.input.withSpan(ofFirst: count) { bytes throws(ProtocolViolation) in
          try state.receiveText(bytes.extracting(frame.prepared..<count), endsMessage: endsMessage)
        }
      } catch {
        throw .protocolViolation(error)
      }
      side.state = state
    }
    side.frame?.prepared = count
  }

  /// Nothing more is delivered. A CLOSE that has not come by now will not be seen (RFC 6455 7.1.5); a caller who
  /// shuts the reading down has learnt nothing about the peer.
  func end(_ side: inout ReadSide) {
    side.hasEnded = true
    if !isReadShut.load(ordering: .relaxed) {
      closeStatus.withLock { if $0 == nil { $0 = CloseStatus(code: .abnormal) } }
    }
    side.frame = nil
    side.compressed = nil
    side.control = nil
    side.input.drop(side.input.count)
    side.inflation?.dropOutput()
  }
}

extension ControlQueue.Body {
  var array: [UInt8] {
    (0..<count).map { bytes[$0] }
  }
}

extension CloseStatus {
  /// - Parameter isChecked: false takes any body, as Zephyr does.
  init(body: [UInt8], isChecked: Bool) throws(ProtocolViolation) {
    if isChecked { _ = try CloseBody.check(body.span) }
    guard body.count >= 2 else {
      self.init(code: .noStatus)
      return
    }
    self.init(
      code: CloseCode(rawValue: UInt16(body[0]) << 8 | UInt16(body[1])),
      reason: String(decoding: body.dropFirst(2), as: UTF8.self))
  }
}
