/// Whether a read should be preceded by a wait, since it would find nothing.
///
/// A read that finds nothing costs a system call, and so does a wait for input that is there already. A read behind one that
/// found nothing is likely to find nothing, too. Behind a request the answer is not there yet, so a round trip is `send`,
/// `ppoll`, `recv`; in a stream that nobody asks for, each eighth read tries anew.
package struct WaitPrediction: Sendable {
  private static let limit = 8
  /// So at the beginning too, but only behind a request.
  private var hasFoundNothing = true
  private var waits = limit - 1

  package init() {}

  /// - Parameter hasSent: something has been sent since the last read.
  @inline(__always) package mutating func waitsFirst(hasSent: Bool) -> Bool {
    hasFoundNothing && (hasSent || goesOnWaiting())
  }

  private mutating func goesOnWaiting() -> Bool {
    waits += 1
    hasFoundNothing = waits < Self.limit
    return hasFoundNothing
  }

  @inline(__always) package mutating func noteNothing() {
    hasFoundNothing = true
    waits = 0
  }

  /// All of the room was filled, so more is likely to be there.
  @inline(__always) package mutating func noteFull() {
    hasFoundNothing = false
  }
}
