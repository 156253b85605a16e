internal import MQTTProtocol
internal import WestwindMQTT

/// Keeps nothing: as in Zephyr the messages are the program's, which sends them again itself.
final class NoStore: MQTTStore {
  func records() -> [StoreRecord] { [] }
  func keep(_ record: StoreRecord, _ packet: Span<UInt8>, payload: RawSpan) {}
  func write(_ record: StoreRecord) {}
  func withPacket<Failure: Error>(
    _ identifier: UInt16, _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    try body(Span())
  }
  func commit() {}
  var takesPayloadSources: Bool { false }
}
