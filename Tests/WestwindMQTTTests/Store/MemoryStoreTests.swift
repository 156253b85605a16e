import MQTTProtocol
import Testing
import WestwindMQTT

struct MemoryStoreTests {
  private func kept(_ store: MQTTMemoryStore, _ identifier: UInt16) -> [UInt8] {
    var bytes: [UInt8] = []
    store.withPacket(identifier) { packet in
      for i in 0..<packet.count { bytes.append(packet[i]) }
    }
    return bytes
  }

  @Test func `a message is kept until it is done, whatever was kept under its identifier before`() {
    let store = MQTTMemoryStore()
    let head: [UInt8] = [0x32, 1, 2]
    for length in [100, 3, 0, 5000, 7] {
      let payload = [UInt8](repeating: UInt8(length & 0xFF), count: length)
      store.keep(.publish(identifier: 5, qos: .atLeastOnce, order: 1), head.span, payload: payload.span.bytes)
      #expect(kept(store, 5) == head + payload)
      #expect(kept(store, 4).isEmpty && kept(store, 6).isEmpty)
      if length != 100 { store.write(.outgoingDone(identifier: 5)) }
      #expect(kept(store, 5).isEmpty == (length != 100))
    }
  }

  @Test func `a message that is lent stays as it was when another is kept under its identifier`() {
    let store = MQTTMemoryStore()
    let (first, second): ([UInt8], [UInt8]) = ([0x32, 1, 2, 3], [0x32, 4, 5, 6])
    store.keep(.publish(identifier: 1, qos: .atLeastOnce, order: 1), first.span, payload: RawSpan())
    store.withPacket(1) { packet in
      store.keep(.publish(identifier: 1, qos: .atLeastOnce, order: 2), second.span, payload: RawSpan())
      let lent = (0..<packet.count).map { packet[$0] }
      #expect(lent == first)
    }
    #expect(kept(store, 1) == second)
  }
}
