public import MQTTProtocol

/// Where a client keeps what has to outlive a connection: the messages of QoS 1 and 2 that were not answered to the end.
///
/// Its calls come from one thread at a time. What was written is asked for by `commit` before the packets that depend on
/// it leave: only then it has to be safe.
public protocol MQTTStore: AnyObject {
  /// What is remembered of a session of before, for `ClientSession.restore`: the outgoing records by ascending order.
  /// Called once, by the client that takes the store.
  func records() throws(MQTTStoreError) -> [StoreRecord]

  /// Keeps a message that is about to be sent.
  ///
  /// - Parameters:
  ///   - record: `StoreRecord.publish`.
  ///   - packet: PUBLISH up to its payload, as it is to be sent again but for DUP: with its topic, and without an alias.
  ///   - payload: the payload.
  func keep(_ record: StoreRecord, _ packet: Span<UInt8>, payload: RawSpan) throws(MQTTStoreError)

  /// Notes any other record. What `release` and `outgoingDone` name is a message that need not be kept any longer.
  func write(_ record: StoreRecord) throws(MQTTStoreError)

  /// Lends PUBLISH as it was kept, its payload behind it; empty where there is none.
  func withPacket<Failure: Error>(
    _ identifier: UInt16, _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure)

  /// Sees to it that everything above is safe.
  func commit() throws(MQTTStoreError)

  /// Whether payloads are kept by the application, which gives them again: see `MQTTClient.publish` with a source.
  var takesPayloadSources: Bool { get }
}
