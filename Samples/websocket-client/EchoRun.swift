import SampleSupport
import Westwind
import WestwindSockets

/// Sends messages one after the other and checks the echo of each. The loop allocates nothing.
struct EchoRun {
  private let connection: Connection
  private let plan: EchoPlan
  private var pattern: Pattern
  /// For `recv`; a received frame is lent by the library.
  private let buffer: ReceiveBuffer
  private(set) var check = EchoCheck()
  private(set) var roundTrips = Histogram()
  /// Nanoseconds that all round trips took together, with all that lies between them.
  private(set) var duration: UInt64 = 0

  init(_ plan: EchoPlan, over connection: Connection) {
    self.plan = plan
    self.connection = connection
    pattern = Pattern(size: plan.size, text: plan.isText)
    buffer = ReceiveBuffer(size: plan.api == .bsd ? min(plan.size, 1 << 20) : 1)
  }

  /// Sends everything and receives it back.
  mutating func run() throws(Failure) {
    let start = monotonicNanoseconds()
    let output = EchoOutput(connection: connection, plan: plan)
    if plan.needsSendThread {
      try runSendingAside(output)
    } else {
      for frame in 0..<plan.count {
        pattern.make(frame: frame)
        let start = monotonicNanoseconds()
        let deadline = Deadline(after: plan.limit, from: start)
        try pattern.withBytes { output.send($0, until: deadline) }.get()
        try receive(frame, until: deadline)
        roundTrips.record(monotonicNanoseconds() - start)
      }
    }
    duration = monotonicNanoseconds() - start
  }

  private mutating func runSendingAside(_ output: EchoOutput) throws(Failure) {
    let thread = try SendThread(output)
    defer { thread.stop() }
    do throws(Failure) {
      for frame in 0..<plan.count {
        pattern.make(frame: frame)
        let start = monotonicNanoseconds()
        thread.start(frame)
        try receive(frame, until: Deadline(after: plan.limit, from: start))
        try thread.finish()
        roundTrips.record(monotonicNanoseconds() - start)
      }
    } catch {
      // This frees the thread where it is blocked in sending.
      _ = try? connection.close(limit: .zero)
      throw error
    }
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
    "the echo of frame \(grouped(check.frame + 1)) was awaited"
      + " (\(grouped(check.received)) of \(grouped(plan.size)) bytes came)"
  }

  /// The message is back when all its bytes are and the last frame is final.
  private mutating func receiveFrames(until deadline: Deadline) throws {
    var isBack = false
    while !isBack {
      let frame = try connection.ws.withReceivedFrame(timeout: deadline.timeLeft) { frame, bytes in
        if frame.isText || frame.isBinary { pattern.withBytes { check.take(bytes, of: $0) } }
        return frame
      }
      if frame.isClose { throw connection.closed(try? connection.ws.closeStatus(), while: task) }
      isBack = check.received == plan.size && frame.endsMessage
    }
  }

  private mutating func receiveBytes(until deadline: Deadline) throws {
    while check.received < plan.size {
      let count = try buffer.fill { try connection.ws.descriptor.recv(into: &$0, timeout: deadline.timeLeft) }
      if count == 0 { throw connection.closed(try? connection.ws.closeStatus(), while: task) }
      buffer.withBytes { bytes in pattern.withBytes { check.take(bytes, of: $0) } }
    }
  }
}
