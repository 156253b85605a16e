internal import CZlib
internal import Synchronization

/// A stream of zlib that nobody uses, kept for the next that is to be like it. Where each message has a stream of its own,
/// the C library would return its memory to the system, and ask for it again, with each.
///
/// What a stream was made for is in its `opaque`, which is for an allocation of the caller's own; these have zlib's.
struct SpareStream: ~Copyable, Sendable {
  /// Where it is, or 0.
  private let address = Atomic<UInt>(0)

  /// Takes what is kept, whatever it was made for.
  func take() -> UnsafeMutablePointer<z_stream>? {
    // Sound: who has exchanged the address is the only one who has the stream.
    unsafe UnsafeMutablePointer(bitPattern: address.exchange(0, ordering: .acquiring))
  }

  /// Keeps a stream, which is the caller's no longer.
  ///
  /// - Returns: what was kept before, which is the caller's now.
  func keep(_ stream: UnsafeMutablePointer<z_stream>) -> UnsafeMutablePointer<z_stream>? {
    let address = UInt(bitPattern: stream)
    // Sound: as in `take`.
    return unsafe UnsafeMutablePointer(bitPattern: self.address.exchange(address, ordering: .acquiringAndReleasing))
  }
}
