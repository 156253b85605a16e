internal import Synchronization
internal import SystemPackage
internal import WestwindSockets

/// The thread of one side that is, or will be, blocked in the descriptor below, and how to get it out of there.
///
/// The caller may have an interruption of its own for its wait (a ws descriptor has); it is then that one which is
/// nudged, and the caller that looks at the state of things again and calls again.
final class Waiter: Sendable {
  private let own: Interruption
  /// The one under which the side waits, or waited last. It is kept: a caller comes back with the same one, and what has
  /// not changed is not noted again.
  private let present: Lock<Interruption>
  private let presentIdentity: Atomic<UInt>

  init() {
    own = Interruption()
    present = Lock(own)
    presentIdentity = Atomic(UInt(bitPattern: ObjectIdentifier(own)))
  }

  /// From here on `nudge` ends the wait. To be followed by a look at whatever a nudge may be about.
  func begin(_ callers: Interruption?) -> Interruption {
    let interruption = callers ?? own
    if callers == nil { own.forgetNudge() }
    let identity = UInt(bitPattern: ObjectIdentifier(interruption))
    if presentIdentity.load(ordering: .relaxed) != identity {
      present.withLock { $0 = interruption }
      presentIdentity.store(identity, ordering: .relaxed)
    }
    return interruption
  }

  /// How to wait with what `begin` gave.
  func wait(until deadline: Deadline, _ interruption: Interruption) -> Wait {
    // Sound: it is this one's own, which stays, or the caller's, who keeps it.
    unsafe Wait(until: deadline, interruption: interruption)
  }

  /// The side waits no longer under the caller's interruption: nudges would end waits of another kind.
  func end() { _ = begin(nil) }

  /// Whether a nudge is for this side alone, which looks and tries again; else the caller is told.
  func isOwn(_ interruption: Interruption) -> Bool { interruption === own }

  /// Has the thread look at the state of things again; or the next that waits, where none does.
  func nudge() {
    present.withLock { $0 }.nudge()
  }
}
