internal import WestwindSockets

extension MQTTFileStore {
  public func queue() throws(MQTTStoreError) -> [(number: UInt64, packet: [UInt8])] {
    try state.withLock { (state) throws(MQTTStoreError) in
      var queue: [(number: UInt64, packet: [UInt8])] = []
      queue.reserveCapacity(state.tables.waiting.count)
      for number in state.tables.waiting.keys.sorted() {
        queue.append((number, try state.message(state.tables.waiting[number]!)))
      }
      return queue
    }
  }

  public func enqueue(_ number: UInt64, _ packet: Span<UInt8>) throws(MQTTStoreError) {
    try state.withLock { (state) throws(MQTTStoreError) in
      // Sound: bytes have no padding.
      state.apply(try unsafe state.log.appendQueued(number, packet.bytes))
      try state.commit()
    }
  }

  /// Forgets a message that waited and will not be sent. Safe when the call returns.
  public func dequeue(_ number: UInt64) throws(MQTTStoreError) {
    try state.withLock { (state) throws(MQTTStoreError) in
      state.apply(try state.log.append(.dequeued(number: number)))
      try state.commit()
    }
  }

  public func keepTakesPlace(of number: UInt64) {
    state.withLock { $0.replaced = number }
  }
}
