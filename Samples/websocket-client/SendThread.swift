import SampleSupport

/// A thread that sends a message each time it is asked to.
///
/// It sends a large message while the caller already receives the echo. With both in one thread, two sides that wait
/// for each other to read would wait for ever.
final class SendThread: @unchecked Sendable {
  private let request = Semaphore()
  private let answer = Semaphore()
  private var thread: Thread?
  // Each of these is written before a signal and read after it.
  private var frame: Int?
  private var outcome = Result<Void, Failure>.success(())

  init(_ output: EchoOutput) throws(Failure) {
    thread = try Thread { [unowned self] in
      // A pattern of its own, so that the threads share no memory.
      var pattern = Pattern(size: output.plan.size, text: output.plan.isText)
      request.wait()
      while let frame {
        pattern.make(frame: frame)
        outcome = pattern.withBytes { output.send($0, until: Deadline(after: output.plan.limit)) }
        answer.signal()
        request.wait()
      }
    }
  }

  /// Lets the thread send message number `frame`.
  func start(_ frame: Int) {
    self.frame = frame
    request.signal()
  }

  /// Waits until the message has left.
  func finish() throws(Failure) {
    answer.wait()
    try outcome.get()
  }

  /// Ends the thread; call it before the object goes.
  func stop() {
    frame = nil
    request.signal()
    thread?.join()
    thread = nil
  }
}
