import MQTTProtocol

/// The client's MQTT bytes, out of whatever frames they came in, and the packets in them.
struct PacketIntake: ~Copyable {
  var reader = PacketReader(rules: PacketRules(version: .mqtt5, sender: .client), bufferSize: 1 << 20)
  /// What the reader has not taken yet.
  var stream: ArraySlice<UInt8> = []

  /// The next packet, of PUBLISH without its payload; nil where more bytes are needed.
  mutating func next() throws -> ClientPacket? {
    // an array of its own, since a slice's indices begin anywhere
    let bytes = Array(stream)
    var index = 0
    guard let header = try reader.read(bytes.span, from: &index) else {
      stream = []
      return nil
    }
    let packet = ClientPacket(try Packet(header, body: reader.body(in: bytes.span), under: reader.rules))
    stream = bytes[index...]
    return packet
  }

  /// Takes payload off the stream, as much of it as there is.
  mutating func takePayload() -> ArraySlice<UInt8> {
    let piece = stream.prefix(reader.payloadRemaining)
    stream = stream.dropFirst(piece.count)
    reader.takePayload(piece.count)
    return piece
  }
}
