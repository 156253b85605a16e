/// The bytes of the packet that begins here (MQTT 5.0 2.1.4); nil where its fixed header is not whole.
///
/// Only for packets of our own making: nothing of them is checked.
func packetLength(_ bytes: RawSpan) -> Int? {
  var length = 0
  for i in 1..<min(5, max(1, bytes.byteCount)) {
    // Sound: any byte is a UInt8.
    let byte = unsafe bytes.unsafeLoad(fromByteOffset: i, as: UInt8.self)
    length |= Int(byte & 0x7F) << (7 * (i - 1))
    if byte & 0x80 == 0 { return 1 + i + length }
  }
  return nil
}
