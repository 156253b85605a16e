import SocketLayer
import WebSocket

/// What the echo run sends.
struct EchoPlan {
  var size: Int
  var count: Int
  var isText: Bool
  /// The largest payload of one frame in bytes; nil sends each message as one frame.
  var fragment: Int?
  var api: API
  var limit: Duration

  /// Frames that each message is sent in.
  var framesPerMessage: Int {
    guard let fragment, size > 0 else { return 1 }
    return (size - 1) / fragment + 1
  }

  /// Whether the echo must be read while the message is still on its way out.
  ///
  /// A message of at most 64 KiB in few frames fits into the receive window of our own socket, so the peer can always
  /// send all of it back.
  var needsSendThread: Bool {
    size > 65_536 || framesPerMessage > 64
  }
}

/// Which calls the run makes on the WebSocket.
enum API: String, CaseIterable {
  /// `sendMsg` and received frames.
  case msg
  /// `send` and `recv`, as on any socket.
  case bsd
}

/// Sends messages one after the other and checks the echo of each. The loop allocates nothing.
struct EchoRun {
  private let connection: Connection
  private let plan: EchoPlan
  private let pattern: Pattern
  /// Receives for `recv`; the frames of `sendMsg`'s sister are lent by the library.
  private let memory: Bytes
  private(set) var check = EchoCheck()
  private(set) var roundTrips = Histogram()
  /// Nanoseconds that all round trips took together, with all that lies between them.
  private(set) var duration: UInt64 = 0

  init(_ plan: EchoPlan, over connection: Connection) {
    self.plan = plan
    self.connection = connection
    pattern = Pattern(size: plan.size, text: plan.isText)
    memory = Bytes(count: plan.api == .bsd ? min(max(plan.size, 1), 1 << 20) : 0)
  }

  /// Sends everything and receives it back.
  mutating func run() throws(Failure) {
    let output = EchoOutput(connection: connection, plan: plan, pattern: pattern)
    let begin = monotonicNanoseconds()
    if plan.needsSendThread {
      let thread = try SendThread { output.send(until: Deadline(after: output.plan.limit)) }
      defer { thread.stop() }
      do {
        for frame in 0..<plan.count {
          pattern.make(frame: frame)
          let start = monotonicNanoseconds()
          thread.start()
          try receive(frame, until: Deadline(after: plan.limit, from: start))
          try thread.finish()
          roundTrips.record(monotonicNanoseconds() - start)
        }
      } catch {
        // This frees the thread where it is blocked in a call on the WebSocket.
        _ = try? websocketDisconnect(connection.ws, timeout: .immediate)
        throw error
      }
    } else {
      for frame in 0..<plan.count {
        pattern.make(frame: frame)
        let start = monotonicNanoseconds()
        let deadline = Deadline(after: plan.limit, from: start)
        try output.send(until: deadline).get()
        try receive(frame, until: deadline)
        roundTrips.record(monotonicNanoseconds() - start)
      }
    }
    duration = monotonicNanoseconds() - begin
  }

  /// Receives the echo of one message and compares it.
  private mutating func receive(_ frame: Int, until deadline: Deadline) throws(Failure) {
    check.begin(frame: frame)
    do {
      switch plan.api {
      case .msg: try receiveFrames(until: deadline)
      case .bsd: try receiveBytes(until: deadline)
      }
    } catch let failure as Failure {
      throw failure
    } catch {
      throw connection.lost(error, while: task, limit: plan.limit)
    }
  }

  private var task: String {
    "the echo of frame \(grouped(check.frame + 1)) was awaited, of which \(grouped(check.received)) bytes came"
  }

  /// The message is back when all its bytes are and the last frame is final.
  private mutating func receiveFrames(until deadline: Deadline) throws {
    let message = pattern.bytes
    var isBack = false
    while !isBack {
      let frame = try connection.ws.withReceivedFrame(timeout: deadline.timeLeft) { frame, bytes in
        if frame.isText || frame.isBinary { check.take(bytes, of: message) }
        return frame
      }
      if frame.isClose { throw connection.closed(try? connection.ws.closeStatus(), while: task) }
      isBack = check.received == plan.size && frame.isFinal && frame.remaining == 0
    }
  }

  private mutating func receiveBytes(until deadline: Deadline) throws {
    let message = pattern.bytes
    while check.received < plan.size {
      var output = OutputRawSpan(buffer: memory.buffer, initializedCount: 0)
      let count = try connection.ws.descriptor.recv(into: &output, timeout: deadline.timeLeft)
      if count == 0 { throw connection.closed(try? connection.ws.closeStatus(), while: task) }
      check.take(output.bytes, of: message)
    }
  }
}
