internal import MQTTProtocol
internal import WestwindSockets

extension MQTTClient {
  /// Sends what `body` sends in as few writes as may be.
  ///
  /// - Parameter body: publishes, subscribes and so on. What it does is as it is otherwise, but nothing leaves before it
  ///   has returned, or the buffer is full.
  /// - Throws: what `body` throws; what of its packets was complete leaves all the same. Otherwise as `publish`.
  public func gather<R>(_ body: () throws(MQTTError) -> R) throws(MQTTError) -> R {
    outbox.gatherers += 1
    let result: R
    do throws(MQTTError) {
      result = try body()
    } catch {
      outbox.gatherers -= 1
      try? flushUnlessGathering()
      throw error
    }
    outbox.gatherers -= 1
    try flushUnlessGathering()
    return result
  }

  /// Writes a packet to what waits. It has been checked, but for its texts.
  func append(
    _ length: Int, _ encode: (inout OutputSpan<UInt8>) throws(PacketEncodingError) -> Void
  ) throws(MQTTError) {
    do throws(PacketEncodingError) {
      try outbox.bytes.append(addingCapacity: length, initializingWith: encode)
    } catch {
      throw .invalidArgument(.packet(error))
    }
  }

  /// Sends what waits, unless more is being gathered and there is room for it.
  func flushUnlessGathering() throws(MQTTError) {
    if outbox.isToLeave { try flush() }
  }

  /// Sends what waits.
  func flush() throws(MQTTError) {
    guard outbox.isOpen, !outbox.bytes.isEmpty else { return }
    try write { (waiting, transport, timeout) throws(MQTTTransportError) in
      try transport.write(waiting, timeout: timeout)
    }
  }

  /// Sends what waits, of which the last packet's payload goes on elsewhere.
  func flush(payload: RawSpan, remaining: Int) throws(MQTTError) {
    try write { (waiting, transport, timeout) throws(MQTTTransportError) in
      try transport.write(waiting, payload: payload, remaining: remaining, timeout: timeout)
    }
  }

  private func write(
    _ body: (RawSpan, any MQTTTransportOperations, Timeout) throws(MQTTTransportError) -> Void
  ) throws(MQTTError) {
    guard let transport = link?.transport else { throw .notConnected }
    let timeout = link?.socket.writeTimeout ?? configuration.writeTimeout
    do throws(MQTTStoreError) { try store.commit() } catch { throw fail(.store(error)) }
    // a class lends no memory of its properties
    var waiting: [UInt8] = []
    swap(&waiting, &outbox.bytes)
    do throws(MQTTTransportError) {
      // Sound: bytes have no padding.
      try unsafe body(waiting.span.bytes, transport, timeout)
    } catch {
      throw fail(.transport(error))
    }
    waiting.removeAll(keepingCapacity: true)
    swap(&waiting, &outbox.bytes)
    session.noteSent(at: MQTTClient.now)
  }

  @inline(__always) func keep(_ record: StoreRecord?) throws(MQTTError) {
    guard let record else { return }
    do throws(MQTTStoreError) { try store.write(record) } catch { throw fail(.store(error)) }
  }
}
