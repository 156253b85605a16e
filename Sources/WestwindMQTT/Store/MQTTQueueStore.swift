/// A store that also keeps what waits to be sent: for `MQTTAgent`, which takes messages while there is no connection.
///
/// `enqueue` and `dequeue` may be called from any thread, beside the other calls.
public protocol MQTTQueueStore: MQTTStore, Sendable {
  /// The messages that wait, in their order: number, and PUBLISH whole, whose identifier says nothing. Called once,
  /// before any other call.
  func queue() throws(MQTTStoreError) -> [(number: UInt64, packet: [UInt8])]

  /// Keeps a message of QoS 1 or 2 that waits. Safe when the call returns.
  ///
  /// - Parameters:
  ///   - number: greater than any before.
  ///   - packet: PUBLISH whole.
  func enqueue(_ number: UInt64, _ packet: Span<UInt8>) throws(MQTTStoreError)

  /// Forgets a message that waited and will not be sent.
  func dequeue(_ number: UInt64) throws(MQTTStoreError)

  /// Says that the next `keep` takes the place of a message that waited, and has its payload: both in one step, so that
  /// the message is neither lost nor there twice.
  func keepTakesPlace(of number: UInt64)
}

extension MQTTMemoryStore: MQTTQueueStore {
  public func queue() -> [(number: UInt64, packet: [UInt8])] { [] }
  public func enqueue(_ number: UInt64, _ packet: Span<UInt8>) {}
  public func dequeue(_ number: UInt64) {}
  public func keepTakesPlace(of number: UInt64) {}
}
