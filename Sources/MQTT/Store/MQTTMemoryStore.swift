public import MQTTProtocol
internal import SocketLayer

/// A store in memory: the session outlives its connections, but not the process.
///
/// A message's memory is used again for the next one with its identifier, so that a steady flow allocates nothing.
public final class MQTTMemoryStore: MQTTStore, Sendable {
  /// A message over this many bytes has its memory freed when it is done.
  private static let keptCapacity = 4096

  /// By packet identifier; empty where there is none.
  private let packets = Lock<[[UInt8]]>([])

  public init() {}

  public func records() -> [StoreRecord] { [] }

  public func keep(_ record: StoreRecord, _ packet: Span<UInt8>, payload: RawSpan) {
    guard case .publish(let identifier, _, _) = record else { return }
    let index = Int(identifier)
    packets.withLock { packets in
      while packets.count <= index { packets.append([]) }
      if !packets[index].isEmpty { packets[index].removeAll(keepingCapacity: true) }
      packets[index].append(addingCapacity: packet.count + payload.byteCount) { out in
        out.append(packet)
        out.append(payload)
      }
    }
  }

  public func write(_ record: StoreRecord) {
    switch record {
    case .outgoingDone(let identifier), .release(let identifier, _): forget(Int(identifier))
    case .sessionDone: packets.withLock { $0 = [] }
    case .publish, .incoming, .incomingDone, .sessionLost: break
    }
  }

  private func forget(_ index: Int) {
    packets.withLock { packets in
      guard index < packets.count else { return }
      let isLarge = packets[index].capacity > MQTTMemoryStore.keptCapacity
      packets[index].removeAll(keepingCapacity: !isLarge)
    }
  }

  public func withPacket<Failure: Error>(
    _ identifier: UInt16, _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    // lent outside the lock, since it may be written to a slow network
    let packet = packets.withLock { Int(identifier) < $0.count ? $0[Int(identifier)] : [] }
    try body(packet.span)
  }

  public func commit() {}

  public var takesPayloadSources: Bool { true }
}
