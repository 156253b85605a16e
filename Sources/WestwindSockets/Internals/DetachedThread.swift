internal import CWestwindLinux
package import SystemPackage
internal import WestwindPlatform

/// Runs a body on a thread of its own, which nobody waits for and which frees its own things.
///
/// - Throws: `EAGAIN` where the system gives no more threads.
package func startDetachedThread(_ body: @escaping @Sendable () -> Void) throws(Errno) {
  var attributes = pthread_attr_t()
  unsafe pthread_attr_init(&attributes)
  defer { unsafe pthread_attr_destroy(&attributes) }
  unsafe pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))

  // The program's signals are for its own threads: this one is born with all of them blocked.
  var all = sigset_t()
  var before = sigset_t()
  unsafe sigfillset(&all)
  unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
  defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }

  // Sound: the box is retained here once and released once, by the thread, or here where there is none.
  let box = unsafe Unmanaged.passRetained(Body(body))
  var thread = pthread_t()
  let status = unsafe pthread_create(
    &thread, &attributes,
    { context in
      unsafe Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
      return nil
    }, box.toOpaque())
  guard status == 0 else {
    unsafe box.release()
    throw Errno(rawValue: status)
  }
}

private final class Body: Sendable {
  let run: @Sendable () -> Void

  init(_ run: @escaping @Sendable () -> Void) {
    self.run = run
  }
}
