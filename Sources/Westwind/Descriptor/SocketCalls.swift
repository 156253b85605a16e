internal import Synchronization
internal import SystemPackage
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindSockets
internal import WestwindTLS

/// The socket calls on a ws descriptor.
extension BlockingConnection: SocketOperations {
  var readableNumber: CInt { number }
  var writableNumber: CInt { below.writableNumber }

  func send(_ payload: Payload, flags: MessageFlags, wait: Wait) throws(Errno) -> Int {
    let frame = Outgoing(
      opcode: Opcode(rawValue: plainSendOpcode.load(ordering: .relaxed)), isMasked: role.sendsMasked, isFinal: true,
      isHeld: flags.contains(.more), mayLeaveRest: true)
    let deadline = deadline(of: wait, flags, timeouts.sending)
    do throws(WebSocketError) {
      guard deadline == .immediate, payload.byteCount > bufferedPayload else {
        return try send(frame, payload, deadline: deadline)
      }
      // Without waiting no more is begun than the buffer holds, as the kernel takes no more than its own does.
      return try send(frame, payload.beginning(bufferedPayload, isText: frame.opcode == .text), deadline: deadline)
    } catch {
      switch error {
      case .timedOut: throw .wouldBlock
      case .invalidArgument(.frame(.afterClose)): throw .brokenPipe  // as behind `shutdown` of a socket
      default: throw error.errno
      }
    }
  }

  /// Payload of data frames, whatever the frames: control frames and empty ones are passed over.
  func receive(
    into output: inout OutputRawSpan, flags: MessageFlags, wait: Wait
  ) throws(Errno) -> ReceivedMetadata {
    guard output.freeCapacity > 0 else { return ReceivedMetadata(count: 0) }
    let deadline = deadline(of: wait, flags, timeouts.receiving)
    let delivery = Delivery(fillsBuffer: flags.contains(.waitForAll), isPeek: flags.contains(.peek))
    do throws(WebSocketError) {
      let message = try receiveData(into: &output, delivery, deadline: deadline)
      return message.map { ReceivedMetadata(count: $0.count, type: $0.type.rawValue, remaining: $0.remaining) }
        ?? ReceivedMetadata(count: 0)
    } catch {
      if case .notConnected = error { return ReceivedMetadata(count: 0) }
      throw error.errno
    }
  }

  func shutdown(_ direction: ShutdownKind) throws(Errno) {
    if direction != .read {
      enqueue(.close, ControlQueue.Body())
    }
    if direction != .write {
      note(.receiveShut)
      readWaker.wake()
      readiness.withLock { $0.wake() }
    }
  }

  func setOption(level: CInt, name: CInt, value: RawSpan) throws(Errno) {
    guard level == WebSocketSocketOption.level else {
      if try timeouts.set(level: level, name: name, value: value) { return }
      try checkPassed(level: level, name: name, isSetting: true)
      return try socketBelow().setOption(level: level, name: name, value: value)
    }
    guard let value = value.integerOption else { throw .invalidArgument }
    switch WebSocketSocketOption(rawValue: name) {
    case .sendOpcode:
      let opcode = Opcode(rawValue: UInt8(truncatingIfNeeded: value))
      guard CInt(opcode.rawValue) == value, opcode == .text || opcode == .binary else { throw .invalidArgument }
      plainSendOpcode.store(opcode.rawValue, ordering: .relaxed)
    case .automaticControlFrames:
      answersControlFrames.store(value != 0, ordering: .relaxed)
    case .strict:
      answersControlFrames.store(value != 0, ordering: .relaxed)
      allowsAnyMask.store(value == 0, ordering: .relaxed)
    case .pingInterval: try setPingInterval(value)
    case .pingTimeout: try setPingTimeout(value)
    case .messageLimit: try setMessageLimit(value)
    default:
      throw .protocolNotAvailable
    }
  }

  func getOption(level: CInt, name: CInt, into output: inout OutputRawSpan) throws(Errno) {
    guard level == WebSocketSocketOption.level else {
      if try timeouts.get(level: level, name: name, into: &output) { return }
      try checkPassed(level: level, name: name, isSetting: false)
      return try socketBelow().getOption(level: level, name: name, into: &output)
    }
    let value: CInt
    switch WebSocketSocketOption(rawValue: name) {
    case .sendOpcode: value = CInt(plainSendOpcode.load(ordering: .relaxed))
    case .automaticControlFrames: value = answersControlFrames.load(ordering: .relaxed) ? 1 : 0
    case .strict:
      value = answersControlFrames.load(ordering: .relaxed) && !allowsAnyMask.load(ordering: .relaxed) ? 1 : 0
    case .pingInterval: value = CInt(clamping: try pingTimes()?.interval.inMilliseconds ?? 0)
    case .pingTimeout: value = CInt(clamping: try pingTimes()?.timeout.inMilliseconds ?? 0)
    case .messageLimit: value = CInt(clamping: maxMessageSize.load(ordering: .relaxed))
    case .compressed: value = compression == nil ? 0 : 1
    case .subprotocol: return output.appendText(subprotocol)
    default: throw .protocolNotAvailable
    }
    try output.appendOption(value)
  }

  /// What is not the WebSocket's own goes to the socket below if it acts there. Options of TLS do if that is TLS.
  private func checkPassed(level: CInt, name: CInt, isSetting: Bool) throws(Errno) {
    guard level != TLSSocketOption.level || kernelNumber >= 0 else { return }
    try PassedOption.check(level: level, name: name, isSetting: isSetting)
  }

  func localName() throws(Errno) -> SocketAddress { try socketBelow().localName() }
  func peerName() throws(Errno) -> SocketAddress { try socketBelow().peerName() }

  func setNonBlocking(_ isOn: Bool) throws(Errno) {
    isNonBlockingMode.store(isOn, ordering: .relaxed)
  }

  func isNonBlocking() throws(Errno) -> Bool {
    isNonBlockingMode.load(ordering: .relaxed)
  }

  func close() throws(Errno) {
    do throws(WebSocketError) {
      _ = try disconnect([], deadline: .immediate)
    } catch {
      throw error.errno
    }
  }

  private func deadline(of wait: Wait, _ flags: MessageFlags, _ option: @autoclosure () -> Timeout) -> Deadline {
    if flags.contains(.dontWait) { return .immediate }
    return wait.deadline ?? (isNonBlockingMode.load(ordering: .relaxed) ? .immediate : Deadline(option()))
  }
}

extension Payload {
  /// The first `limit` bytes, of which there have to be more; of text a few less if a character would be cut.
  @_lifetime(copy self)
  fileprivate func beginning(_ limit: Int, isText: Bool) -> Payload {
    var end = limit
    // RFC 3629 3: the second to fourth bytes of a character.
    while isText, end > limit - 3, self[end] & 0xC0 == 0x80 { end -= 1 }
    return prefix(end)
  }
}

extension BlockingConnection: LayeredSocket {
  var descriptorBelow: SocketDescriptor { socket }
}
