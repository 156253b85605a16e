public import MQTTProtocol
internal import WestwindSockets

extension MQTTFileStore {
  public func records() -> [StoreRecord] {
    state.withLock { state in
      (state.tables.outgoingRecords + state.tables.incomingRecords).compactMap(\.storeRecord)
    }
  }

  public func keep(_ record: StoreRecord, _ packet: Span<UInt8>, payload: RawSpan) throws(MQTTStoreError) {
    try state.withLock { (state) throws(MQTTStoreError) in
      // Sound: bytes have no padding.
      try unsafe state.keep(record, packet.bytes, payload: payload)
    }
  }

  public func write(_ record: StoreRecord) throws(MQTTStoreError) {
    try state.withLock { (state) throws(MQTTStoreError) in state.apply(try state.log.append(.session(record))) }
  }

  /// Reads the message from the file. A failed store lends nothing, and says why at the next call.
  public func withPacket<Failure: Error>(
    _ identifier: UInt16, _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    // outside of the lock: whoever sends the packet asks for `commit`
    let packet = packet(identifier)
    try body(packet.span)
  }

  private func packet(_ identifier: UInt16) -> [UInt8] {
    state.withLock { state in
      guard Int(identifier) < state.tables.outgoing.count else { return [] }
      let message = state.tables.outgoing[Int(identifier)]
      return (try? state.message(message.packet, message.payload)) ?? []
    }
  }

  public func commit() throws(MQTTStoreError) {
    try state.withLock { (state) throws(MQTTStoreError) in try state.commit() }
  }

  public var takesPayloadSources: Bool { false }
}

extension LogRecord {
  /// What the session is told of it.
  fileprivate var storeRecord: StoreRecord? {
    switch self {
    case .publish(let identifier, let qos, let order, _, _): .publish(identifier: identifier, qos: qos, order: order)
    case .session(let record): record
    case .queued, .dequeued, .publishQueued: nil
    }
  }
}
