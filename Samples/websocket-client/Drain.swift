import SampleSupport
import Synchronization
import Westwind

/// A thread that takes what the peer sends and leaves it aside, until the connection ends.
struct Drain: Sendable {
  private let end = End()
  private let thread: Thread

  init(_ ws: WebSocketDescriptor) throws(Failure) {
    let end = end
    thread = try Thread {
      do throws(WebSocketError) {
        while try ws.withReceivedFrame({ frame, _ in !frame.isClose }) {}
        end.cause.withLock { $0 = .some(nil) }
      } catch {
        end.cause.withLock { $0 = .some(error) }
      }
    }
  }

  /// Whether the peer has closed the connection, or it is lost.
  var hasEnded: Bool {
    end.cause.withLock { $0 != nil }
  }

  /// Why the connection was lost; nil when the peer closed it.
  var error: WebSocketError? {
    end.cause.withLock { $0 ?? nil }
  }

  /// Waits for the thread; the connection must have ended.
  func join() {
    thread.join()
  }

  /// Nil while the connection lasts.
  private final class End: Sendable {
    let cause = Mutex<WebSocketError??>(nil)
  }
}
