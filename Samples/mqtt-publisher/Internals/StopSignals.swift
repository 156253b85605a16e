import Glibc
import SampleSupport

/// SIGINT and SIGTERM as something to poll. The second of them ends the process at once.
struct StopSignals {
  /// Polls readable once one has come.
  let number: CInt

  /// Call it while the process has one thread: those made later inherit what is blocked here.
  ///
  /// The corresponding C functions are `pthread_sigmask` and `sigwait`.
  init() throws(Failure) {
    var ends: InlineArray<2, CInt> = [-1, -1]
    var span = ends.mutableSpan
    guard span.withUnsafeMutableBufferPointer({ pipe($0.baseAddress) }) == 0 else {
      throw .network("cannot make a pipe: the system's limit is reached")
    }
    number = ends[0]
    let end = ends[1]
    var signals = sigset_t()
    sigemptyset(&signals)
    sigaddset(&signals, SIGINT)
    sigaddset(&signals, SIGTERM)
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    let awaited = signals
    try Thread {
      var awaited = awaited
      var signal: CInt = 0
      sigwait(&awaited, &signal)
      var byte: UInt8 = 0
      _ = write(end, &byte, 1)
      sigwait(&awaited, &signal)
      exitProcess(.peerFailed)
    }.detach()
  }
}
