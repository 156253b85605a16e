import Glibc
import Synchronization
import WestwindTestSupport

/// Limits the bytes that are sent and have not come back.
final class Window: Sendable {
  private let size: Int
  private let bytesOnTheirWay = Atomic(0)

  init(size: Int) {
    self.size = size
  }

  /// Waits until `count` more bytes may be sent: they fit, or nothing else is on its way.
  func open(for count: Int) throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      let already = bytesOnTheirWay.load(ordering: .acquiring)
      if already == 0 || already + count <= size { break }
      if .now > deadline { throw TestSupportError("\(already) bytes have not come back in time") }
      usleep(50)
    }
    bytesOnTheirWay.wrappingAdd(count, ordering: .acquiringAndReleasing)
  }

  /// Bytes have come back.
  func close(by count: Int) {
    bytesOnTheirWay.wrappingSubtract(count, ordering: .acquiringAndReleasing)
  }
}
