internal import SystemPackage
internal import WebSocketEngine
internal import WebSocketProtocol
internal import WestwindBuffers
internal import WestwindSockets

/// Sends and receives the texts of the opening handshake over a socket, under one deadline.
struct HandshakeExchange: ~Copyable {
  private let socket: any SocketOperations
  private let deadline: Deadline
  /// What has come; behind the head, the first frames.
  private(set) var input: ByteQueue
  private let pool: BufferPool
  private var hasReceived = false

  init(socket: SocketDescriptor, options: WebSocketOptions, deadline: Deadline) {
    self.socket = socket.operations
    self.deadline = deadline
    input = ByteQueue(options: options)
    pool = .ofConnections(capacity: ByteQueue.inputCapacity(options))
  }

  /// Hands over the input, with the bytes that came behind the head.
  mutating func finish() -> ByteQueue {
    var input = ByteQueue(capacity: 8)
    swap(&input, &self.input)
    return input
  }

  /// Returns memory. To be called once, at the end.
  mutating func release() {
    input.drop(input.count)
    input.release(to: pool)
    pool.leave()
  }

  func send(_ bytes: [UInt8]) throws(WebSocketError) {
    var sent = 0
    var hasFoundNothing = false
    while sent < bytes.count {
      do throws(Errno) {
        // Sound: bytes have no padding.
        sent += try unsafe socket.send(
          Payload(bytes.span.bytes.dropping(first: sent)), flags: [], wait: Wait(until: deadline)
        )
      } catch {
        try handle(error, for: .writable, bytesReceived: 0, &hasFoundNothing)
      }
    }
  }

  /// Reads the peer's head.
  mutating func receiveHead(limit: Int, isResponse: Bool = false) throws(WebSocketError) -> [UInt8] {
    var reader = HeadReader(limit: limit, isResponse: isResponse)
    while true {
      var index = 0
      do throws(HandshakeViolation) {
        let head = try input.withSpan { bytes throws(HandshakeViolation) in try reader.read(bytes, from: &index) }
        input.drop(index)
        if let head { return head }
      } catch {
        throw .handshake(HandshakeError(.text(error)))
      }
      guard try receiveMore(after: reader.count) > 0 else {
        throw .handshake(HandshakeError(.closed(bytesReceived: reader.count)))
      }
    }
  }

  /// Reads the beginning of a response's body: up to the deadline if the head says how long it is, and otherwise as much as
  /// comes in a short time. Nobody reads the body of a redirect, which is not waited for either.
  mutating func receiveBody(of head: ResponseHead, limit: Int) -> [UInt8] {
    let limit = min(max(0, limit), 1 << 30)
    let isAnnounced = (head.isChunked || head.contentLength != nil) && !(300..<400).contains(head.status)
    let end = isAnnounced ? deadline : min(deadline, Deadline.now.adding(.milliseconds(500)))
    guard head.isChunked else {
      return receive(atMost: min(head.contentLength ?? limit, limit), until: end) { _ in false }
    }
    let raw = receive(atMost: 2 * limit, until: end) { ChunkedBody($0).isOver }
    return Array(ChunkedBody(raw).data.prefix(limit))
  }

  /// Reads until there is enough, the end of the stream, or the time is over.
  private mutating func receive(atMost wanted: Int, until end: Deadline, isEnough: ([UInt8]) -> Bool) -> [UInt8] {
    var body: [UInt8] = []
    var isLate = false
    while body.count < wanted {
      let count = min(wanted - body.count, input.count)
      input.withFirst(count) { bytes in
        // Sound: read within its bounds.
        unsafe bytes.withUnsafeBytes { unsafe body.append(contentsOf: $0) }
      }
      input.drop(count)
      guard body.count < wanted, !isEnough(body), !isLate else { break }
      do throws(Errno) {
        input.acquire(from: pool)
        let count = try input.withFree { room throws(Errno) in
          try socket.receive(into: &room, flags: [], wait: Wait(until: end)).count
        }
        guard count > 0 else { break }
        // A peer that never stops sending does not make this outlast its time.
        isLate = end.hasPassed
      } catch {
        if error == .interrupted { continue }
        guard error == .wouldBlock, let found = try? socket.wait(for: .readable, Wait(until: end)), !found.isEmpty
        else {
          break
        }
      }
    }
    return body
  }

  /// - Returns: the bytes that came; 0 at the end of the stream.
  private mutating func receiveMore(after bytesReceived: Int) throws(WebSocketError) -> Int {
    input.acquire(from: pool)
    if input.freeAtEnd == 0 { input.compact() }
    // A response takes its time: to ask for it before it can have come would be one system call more.
    var hasFoundNothing = false
    if bytesReceived == 0 {
      try handle(.wouldBlock, for: .readable, bytesReceived: 0, &hasFoundNothing)
      hasFoundNothing = false
    }
    // A peer that never stops sending what is no final response does not make this outlast its time.
    if hasReceived, deadline != .immediate, deadline.hasPassed {
      throw .handshake(HandshakeError(.timedOut(bytesReceived: bytesReceived)))
    }
    hasReceived = true
    while true {
      do throws(Errno) {
        return try input.withFree { room throws(Errno) in
          try socket.receive(into: &room, flags: [], wait: Wait(until: deadline)).count
        }
      } catch {
        try handle(error, for: .readable, bytesReceived: bytesReceived, &hasFoundNothing)
      }
    }
  }

  /// Returns where the call is to be made again.
  ///
  /// - Parameter hasFoundNothing: the descriptor has been ready before and gave nothing, as TLS is whose peer sends nothing
  ///   but KeyUpdate: that does not make the call outlast its time.
  private func handle(
    _ error: Errno, for events: PollEvents, bytesReceived: Int, _ hasFoundNothing: inout Bool
  ) throws(WebSocketError) {
    switch error {
    case .interrupted:
      return
    case .wouldBlock:
      let isLate = hasFoundNothing && deadline.hasPassed
      hasFoundNothing = true
      let found = isLate ? nil : try? socket.wait(for: events, Wait(until: deadline))
      guard let found, !found.isEmpty else {
        throw .handshake(HandshakeError(.timedOut(bytesReceived: bytesReceived)))
      }
    default:
      throw .handshake(HandshakeError(.connectionLost(error)))
    }
  }
}

extension ByteQueue {
  /// The input of a connection: the caller's memory, or such as is borrowed while bytes wait. The options have been checked.
  init(options: WebSocketOptions) {
    guard let lent = unsafe options.receiveBuffer else {
      self.init(capacity: Self.inputCapacity(options))
      return
    }
    // Sound: its caller has promised that it stays.
    unsafe self.init(lent: lent)
  }

  /// A frame's header comes on top of the size asked for, so that payload of that size is read, and lent, in one piece.
  static func inputCapacity(_ options: WebSocketOptions) -> Int {
    max(
      ReceiveEngine.minimumInput,
      min(options.receiveBufferSize, ByteQueue.maximumCapacity - 16) + FrameHeader.maximumEncodedLength)
  }
}
