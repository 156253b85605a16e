import SystemPackage
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTLS

/// The library's part of a run.
struct SideUnderTest {
  typealias Message = FixedSession.Message

  let setting: FaultSetting
  let session: FixedSession
  private(set) var messages: [Message] = []
  private(set) var unfinished: Message?
  private(set) var end: Result<CloseStatus, WebSocketError> = .failure(.wouldBlock)
  private(set) var failedDisconnect: WebSocketError?

  init(setting: FaultSetting, session: FixedSession) {
    self.setting = setting
    self.session = session
  }

  /// Runs the session, with TLS where the setting has it. Gives back why that did not come about.
  mutating func run(below: SocketDescriptor) -> TLSError? {
    do throws(TLSError) {
      let socket = try setting.secured(below, as: setting.role)
      run(over: socket)
      if socket != below { try? socket.close() }
      return nil
    } catch {
      return error
    }
  }

  private mutating func run(over socket: SocketDescriptor) {
    var descriptor: WebSocketDescriptor?
    do throws(WebSocketError) {
      let ws = try open(over: socket)
      descriptor = ws
      try takeSteps(ws)
      if session.ending == .peerCloses { try receiveClose(ws) }
      descriptor = nil
      end = .success(try websocketDisconnect(ws, code: .normal, timeout: SessionRun.timeout))
    } catch {
      end = .failure(error)
    }
    guard let descriptor else { return }
    do throws(WebSocketError) {
      try websocketDisconnect(descriptor, timeout: SessionRun.timeout)
    } catch {
      failedDisconnect = error
    }
  }

  private func open(over socket: SocketDescriptor) throws(WebSocketError) -> WebSocketDescriptor {
    var options = WebSocketOptions()
    options.receiveBufferSize = setting.buffers.receive
    options.transmitBufferSize = setting.buffers.transmit
    options.compression = setting.compressionOptions
    guard setting.role == .client else {
      return try websocketUpgrade(
        socket, subprotocols: ["fixed"], options: options, timeout: SessionRun.timeout)
    }
    var request = WebSocketRequest(host: "localhost", url: "/fixed")
    request.subprotocols = ["fixed"]
    request.options = options
    return try websocketConnect(socket, request, timeout: SessionRun.timeout)
  }

  private mutating func takeSteps(_ ws: WebSocketDescriptor) throws(WebSocketError) {
    for step in session.steps {
      switch step {
      case .send(let frames):
        for frame in frames { try ws.send(frame) }
      case .sendGathered(let frames):
        try ws.withCork(timeout: SessionRun.timeout) { () throws(WebSocketError) in
          for (i, frame) in frames.enumerated() { try ws.send(frame, flags: i < frames.count / 2 ? .more : []) }
        }
      case .receive(_, let reading):
        let goal = messages.count + step.messagesFromPeer.count
        while messages.count < goal { try receive(ws, reading) }
      }
    }
  }

  private mutating func receive(_ ws: WebSocketDescriptor, _ reading: FixedSession.Reading) throws(WebSocketError) {
    switch reading {
    case .recvMsg(let room):
      let (message, payload) = try ws.recvMsg(maxCount: room, timeout: SessionRun.timeout)
      note(message, payload)
    case .wholeMessages:
      switch try ws.receiveMessage(timeout: SessionRun.timeout) {
      case .text(let text): messages.append(Message(isText: true, payload: Array(text.utf8)))
      case .binary(let bytes): messages.append(Message(isText: false, payload: bytes))
      case .close, .ping, .pong: messages.append(Message(isText: false, payload: Array("a control frame".utf8)))
      }
    case .borrowedFrames:
      let (message, payload) = try ws.withReceivedFrame(timeout: SessionRun.timeout) {
        (message, payload) throws(WebSocketError) in
        (message, payload.withUnsafeBytes { Array($0) })
      }
      note(message, payload)
    case .socketCall:
      try receiveBySocketCall(ws)
    }
  }

  private mutating func receiveBySocketCall(_ ws: WebSocketDescriptor) throws(WebSocketError) {
    var outcome = Result<ReceivedMetadata, Errno>.failure(.wouldBlock)
    let payload = [UInt8](unsafeUninitializedCapacity: 70) { buffer, count in
      var output = OutputRawSpan(buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      do throws(Errno) {
        outcome = .success(try ws.descriptor.recvmsg(into: &output, timeout: SessionRun.timeout))
      } catch {
        outcome = .failure(error)
      }
      count = output.byteCount
    }
    switch outcome {
    case .success(let metadata):
      // The socket's way to say that the stream has ended.
      guard metadata.count > 0 else { throw .notConnected(try ws.closeStatus()) }
      note(
        ReceivedMessage(
          count: metadata.count, type: MessageType(rawValue: metadata.type), remaining: metadata.remaining), payload)
    case .failure(let error):
      throw .connectionLost(error)
    }
  }

  private mutating func note(_ message: ReceivedMessage, _ payload: [UInt8]) {
    var whole = unfinished ?? Message(isText: message.isText, payload: [])
    whole.payload += payload
    if message.endsMessage {
      unfinished = nil
      messages.append(whole)
    } else {
      unfinished = whole
    }
  }

  private mutating func receiveClose(_ ws: WebSocketDescriptor) throws(WebSocketError) {
    let (message, payload) = try ws.recvMsg(maxCount: 125, timeout: SessionRun.timeout)
    // Anything else is data that was not sent: it shows as a message too many.
    if !message.isClose || payload != FixedSession.peersClose.payload { note(message, payload) }
  }
}

extension WebSocketDescriptor {
  fileprivate func send(_ frame: RawFrame, flags: SendFlags = []) throws(WebSocketError) {
    try sendMsg(
      frame.payload, opcode: Opcode(rawValue: frame.opcode), final: frame.isFinal, flags: flags,
      timeout: SessionRun.timeout)
  }
}
