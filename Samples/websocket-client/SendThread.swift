/// A thread that does one piece of work each time it is asked to.
///
/// It sends a large message while the caller already receives the echo. With both in one thread, two sides that wait for
/// each other to read would wait for ever.
final class SendThread: @unchecked Sendable {
  private let request = Semaphore()
  private let answer = Semaphore()
  private let work: @Sendable () -> Result<Void, Failure>
  private var thread: Thread?
  // Each of the two is written before a signal and read after it.
  private var isStopping = false
  private var outcome = Result<Void, Failure>.success(())

  init(_ work: @escaping @Sendable () -> Result<Void, Failure>) throws(Failure) {
    self.work = work
    thread = try Thread { [unowned self] in
      request.wait()
      while !isStopping {
        outcome = self.work()
        answer.signal()
        request.wait()
      }
    }
  }

  /// Lets the thread do its work once.
  func start() {
    request.signal()
  }

  /// Waits until the work that was started is done.
  func finish() throws(Failure) {
    answer.wait()
    try outcome.get()
  }

  /// Ends the thread; call it before the object goes.
  func stop() {
    isStopping = true
    request.signal()
    thread?.join()
    thread = nil
  }
}
