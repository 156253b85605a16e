/// The message whose payload is arriving.
struct IncomingMessage {
  var identifier: UInt16
  /// Bytes of payload that were not read yet.
  var remaining: Int
  /// It was delivered before, and nobody wants the payload.
  var isDuplicate: Bool
}
