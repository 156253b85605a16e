import Glibc

/// A thread of the operating system: join it or detach it, once.
package struct Thread: Sendable {
  private let handle: pthread_t

  /// Starts a thread that runs `body`.
  ///
  /// The corresponding C function is `pthread_create`.
  package init(_ body: @escaping @Sendable () -> Void) throws(Failure) {
    var handle = pthread_t()
    let boxed = unsafe Unmanaged.passRetained(Body(body))
    let result = unsafe pthread_create(
      &handle, nil,
      { argument in
        unsafe Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue().run()
        return nil
      }, boxed.toOpaque())
    guard result == 0 else {
      unsafe boxed.release()
      throw .network("cannot start a thread: the system's limit is reached")
    }
    self.handle = handle
  }

  package func join() {
    pthread_join(handle, nil)
  }

  package func detach() {
    pthread_detach(handle)
  }

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }
}
