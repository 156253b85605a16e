import Glibc
import Synchronization

/// A thread of its own for a test's blocking calls, which must not hold up the
/// threads that Swift's tasks share.
public final class BlockingThread<Value: Sendable>: Sendable {
  private let body: @Sendable () throws -> Value
  private let state = Mutex<State>(State())

  private struct State {
    var thread = pthread_t()
    var isJoined = false
    var result: Result<Value, any Error>?
  }

  /// Starts `body`. Call ``join()`` once to get its result.
  public init(_ body: @escaping @Sendable () throws -> Value) {
    self.body = body
    let context = Unmanaged.passRetained(self as AnyObject)
    state.withLock { state in
      let status = pthread_create(
        &state.thread, nil,
        { context in
          let run = Unmanaged<AnyObject>.fromOpaque(context!).takeRetainedValue() as! any Runnable
          run.run()
          return nil
        }, context.toOpaque())
      precondition(status == 0, "pthread_create: \(errorText(status))")
    }
  }

  /// Waits for the end of the thread and gives back, or throws, what its body did.
  public func join() throws -> Value {
    let thread = state.withLock { state in
      precondition(!state.isJoined, "a thread is joined once")
      state.isJoined = true
      return state.thread
    }
    pthread_join(thread, nil)
    return try state.withLock { $0.result! }.get()
  }

  deinit {
    state.withLock { state in
      if !state.isJoined { pthread_detach(state.thread) }
    }
  }
}

/// What the C entry point of a thread can call without knowing the type of its result.
private protocol Runnable: AnyObject {
  func run()
}

extension BlockingThread: Runnable {
  fileprivate func run() {
    let result = Result { try body() }
    state.withLock { $0.result = result }
  }
}
