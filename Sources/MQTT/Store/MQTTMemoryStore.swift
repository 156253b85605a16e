public import MQTTProtocol

/// A store in memory: the session outlives its connections, but not the process.
///
/// A message's memory is used again for the next one with its identifier, so that a steady flow allocates nothing.
public final class MQTTMemoryStore: MQTTStore {
  /// A message over this many bytes has its memory freed when it is done.
  private static let keptCapacity = 4096

  /// By packet identifier; empty where there is none.
  private var packets: [[UInt8]] = []

  public init() {}

  public func records() -> [StoreRecord] { [] }

  public func keep(_ record: StoreRecord, _ packet: Span<UInt8>, payload: RawSpan) {
    guard case .publish(let identifier, _, _) = record else { return }
    while packets.count <= Int(identifier) { packets.append([]) }
    packets[Int(identifier)].removeAll(keepingCapacity: true)
    packets[Int(identifier)].append(addingCapacity: packet.count + payload.byteCount) { out in
      out.append(packet)
      out.append(payload)
    }
  }

  public func write(_ record: StoreRecord) {
    switch record {
    case .outgoingDone(let identifier), .release(let identifier, _):
      guard Int(identifier) < packets.count else { return }
      let isLarge = packets[Int(identifier)].capacity > MQTTMemoryStore.keptCapacity
      packets[Int(identifier)].removeAll(keepingCapacity: !isLarge)
    case .sessionDone: packets = []
    case .publish, .incoming, .incomingDone, .sessionLost: break
    }
  }

  public func withPacket<Failure: Error>(
    _ identifier: UInt16, _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    let packet = Int(identifier) < packets.count ? packets[Int(identifier)] : []
    try body(packet.span)
  }

  public func commit() {}

  public var takesPayloadSources: Bool { true }
}
