internal import Synchronization
internal import SystemPackage
internal import WebSocketProtocol
internal import WestwindSockets

/// The socket calls on a ws descriptor.
extension Connection: SocketOperations {
  var readableNumber: CInt { number }
  var writableNumber: CInt { below.writableNumber }

  func send(
    _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, flags: MessageFlags, wait: Wait
  ) throws(Errno) -> Int {
    let frame = Outgoing(
      opcode: Opcode(rawValue: plainSendOpcode.load(ordering: .relaxed)), isMasked: role.sendsMasked, isFinal: true,
      isHeld: flags.contains(.more), mayLeaveRest: true)
    let deadline = deadline(of: wait, flags)
    do throws(WebSocketError) {
      let payload = JoinedPayload(first, second, third)
      guard deadline == .immediate, payload.byteCount > bufferedPayload else {
        return try send(frame, first, second, third, deadline: deadline)
      }
      // Without waiting no more is begun than can be kept where the socket takes it only in part.
      let start = payload.extracting(first: bufferedPayload, isText: frame.opcode == .text)
      return try send(frame, start.first, start.second, start.third, deadline: deadline)
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
    let deadline = deadline(of: wait, flags)
    let isPeek = flags.contains(.peek)
    let delivery = Delivery(fillsBuffer: flags.contains(.waitForAll), isPeek: isPeek)
    var metadata = ReceivedMetadata(count: 0)
    while true {
      do throws(WebSocketError) {
        guard let message = try receiveData(into: &output, delivery, deadline: deadline) else { return metadata }
        metadata = ReceivedMetadata(
          count: metadata.count + message.count, type: message.type.rawValue, remaining: message.remaining)
      } catch {
        if metadata.count > 0 {
          if !error.isTransient { tellNext(error) }
          return metadata
        }
        if case .notConnected = error { return metadata }
        throw error.errno
      }
      if output.isFull || isPeek || !flags.contains(.waitForAll) { return metadata }
    }
  }

  func shutdown(_ direction: ShutdownKind) throws(Errno) {
    if direction != .read {
      enqueue(.close, ControlQueue.Body())
    }
    if direction != .write {
      isReadShut.store(true, ordering: .sequentiallyConsistent)
      readWaker.wake()
      readiness.withLock { $0.wake() }
    }
  }

  func setOption(level: CInt, name: CInt, value: RawSpan) throws(Errno) {
    guard level == WebSocketSocketOption.level else {
      return try below.setOption(level: level, name: name, value: value)
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
    default:
      throw .protocolNotAvailable
    }
  }

  func getOption(level: CInt, name: CInt, into output: inout OutputRawSpan) throws(Errno) {
    guard level == WebSocketSocketOption.level else {
      return try below.getOption(level: level, name: name, into: &output)
    }
    let value: CInt
    switch WebSocketSocketOption(rawValue: name) {
    case .sendOpcode: value = CInt(plainSendOpcode.load(ordering: .relaxed))
    case .automaticControlFrames: value = answersControlFrames.load(ordering: .relaxed) ? 1 : 0
    case .strict:
      value = answersControlFrames.load(ordering: .relaxed) && !allowsAnyMask.load(ordering: .relaxed) ? 1 : 0
    default: throw .protocolNotAvailable
    }
    try output.appendOption(value)
  }

  func localName() throws(Errno) -> SocketAddress { try below.localName() }
  func peerName() throws(Errno) -> SocketAddress { try below.peerName() }

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

  private func deadline(of wait: Wait, _ flags: MessageFlags) -> Deadline {
    if flags.contains(.dontWait) { return .immediate }
    return wait.deadline ?? (isNonBlockingMode.load(ordering: .relaxed) ? .immediate : .forever)
  }
}
