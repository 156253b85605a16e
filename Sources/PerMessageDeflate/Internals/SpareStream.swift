internal import CWestwindZlib
internal import Synchronization

/// A stream of zlib that nobody uses, kept for the next that is to be like it. Where each message has a stream of its own,
/// the C library would return its memory to the system, and ask for it again, with each.
///
/// What a stream was made for is in its `opaque`, which is for an allocation of the caller's own; these have zlib's.
@safe struct SpareStream: ~Copyable, Sendable {
  /// Where it is, or 0.
  private let address = Atomic<UInt>(0)
  private let end: @Sendable (UnsafeMutablePointer<z_stream>) -> Void

  /// - Parameter end: frees a stream.
  init(end: @escaping @Sendable (UnsafeMutablePointer<z_stream>) -> Void) {
    unsafe self.end = end
  }

  /// Takes what is kept. Where that was made for something else it is freed.
  func take(madeFor settings: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<z_stream>? {
    // Sound: who has exchanged the address is the only one who has the stream.
    let kept = unsafe UnsafeMutablePointer<z_stream>(bitPattern: address.exchange(0, ordering: .acquiring))
    guard let stream = unsafe kept else { return nil }
    if unsafe stream.pointee.opaque == settings { return unsafe stream }
    unsafe end(stream)
    return nil
  }

  /// Keeps a stream, which is the caller's no longer, in place of the one before.
  func keep(_ stream: UnsafeMutablePointer<z_stream>) {
    let earlier = address.exchange(UInt(bitPattern: stream), ordering: .acquiringAndReleasing)
    // Sound: as in `take`.
    if let earlier = unsafe UnsafeMutablePointer<z_stream>(bitPattern: earlier) { unsafe end(earlier) }
  }
}
