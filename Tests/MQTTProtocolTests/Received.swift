import MQTTProtocol

/// What a reader makes of a stream: every packet, and the violation that ended it.
struct Received: Equatable {
  struct Found: Equatable {
    var header: FixedHeader
    var body: [UInt8]
    var payload: [UInt8] = []
  }

  var packets: [Found] = []
  /// The stream ended between packets.
  var isAtStart = true
  var violation: MQTTViolation?
}

/// Puts the reader and the packets together as a connection does, over a stream in pieces.
func received(_ pieces: [[UInt8]], under rules: PacketRules, bufferSize: Int = 4096, limit: Int = .max) -> Received {
  var reader = PacketReader(rules: rules, bufferSize: bufferSize, maximumPacketSize: limit)
  var result = Received()
  for piece in pieces {
    var index = 0
    do throws(MQTTViolation) {
      while true {
        if reader.payloadRemaining > 0 {
          let count = min(reader.payloadRemaining, piece.count - index)
          result.packets[result.packets.count - 1].payload += piece[index..<(index + count)]
          reader.takePayload(count)
          index += count
          if reader.payloadRemaining > 0 { break }
        }
        guard let header = try reader.read(piece.span, from: &index) else { break }
        let body = reader.body(in: piece.span)
        result.packets.append(.init(header: header, body: body.array))
        _ = try Packet(header, body: body, under: reader.rules)
      }
    } catch {
      result.violation = error
      return result
    }
  }
  result.isAtStart = reader.isAtStart
  return result
}
