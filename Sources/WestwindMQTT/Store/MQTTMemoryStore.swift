public import MQTTProtocol
internal import WestwindSockets

/// A store in memory: the session outlives its connections, but not the process.
///
/// A message's memory is used again for the next one with its identifier that is not longer, so that a steady flow soon
/// allocates nothing.
public final class MQTTMemoryStore: MQTTStore, Sendable {
  /// A message over this many bytes has its memory freed when it is done.
  private static let keptCapacity = 4096

  private struct Kept {
    /// The packet, and room behind it.
    var memory: [UInt8] = []
    /// Bytes of the packet; 0 is none.
    var count = 0

    @inline(__always) mutating func set(_ head: Span<UInt8>, _ payload: RawSpan) {
      count = head.count + payload.byteCount
      guard memory.count >= count else {
        memory = []
        memory.append(addingCapacity: count) { out in
          out.append(head)
          out.append(payload)
        }
        return
      }
      // Sound: the memory has room for both, and any byte is a UInt8.
      unsafe memory.withUnsafeMutableBytes { memory in
        unsafe head.withUnsafeBytes { unsafe memory.copyMemory(from: $0) }
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[head.count...])
        unsafe payload.withUnsafeBytes { unsafe rest.copyMemory(from: $0) }
      }
    }
  }

  /// By packet identifier.
  private let packets = Lock<[Kept]>([])

  public init() {}

  public func records() -> [StoreRecord] { [] }

  public func keep(_ record: StoreRecord, _ packet: Span<UInt8>, payload: RawSpan) {
    guard case .publish(let identifier, _, _) = record else { return }
    let index = Int(identifier)
    packets.withLock { packets in
      while packets.count <= index { packets.append(Kept()) }
      packets[index].set(packet, payload)
    }
  }

  public func write(_ record: StoreRecord) {
    switch record {
    case .outgoingDone(let identifier), .release(let identifier, _): forget(Int(identifier))
    case .sessionDone: packets.withLock { $0 = [] }
    case .publish, .incoming, .incomingDone, .sessionLost: break
    }
  }

  @inline(__always) private func forget(_ index: Int) {
    packets.withLock { packets in
      guard index < packets.count else { return }
      packets[index].count = 0
      if packets[index].memory.count > MQTTMemoryStore.keptCapacity { packets[index].memory = [] }
    }
  }

  public func withPacket<Failure: Error>(
    _ identifier: UInt16, _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    // lent outside the lock, since it may be written to a slow network
    let packet = packets.withLock { Int(identifier) < $0.count ? $0[Int(identifier)] : Kept() }
    try body(packet.memory.span.extracting(0..<packet.count))
  }

  public func commit() {}

  public var takesPayloadSources: Bool { true }
}
