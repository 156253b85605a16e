// Packets out of any bytes, by both versions' rules and from both sides: the same however the stream is cut, and what was
// taken is written again and read again as it stood.

import MQTTProtocol

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let stream = Stream(data, count)
  for version in MQTTVersion.allCases {
    for sender in PacketSender.allCases {
      let rules = PacketRules(version: version, sender: sender)
      let outcomes = stream.segmentations.map { Outcome(of: stream.bytes, cut: $0, rules) }
      requireSame(outcomes)
    }
  }
  return 0
}

private struct Found: Equatable {
  var header: FixedHeader
  var body: [UInt8]
}

private struct Outcome: Equatable {
  var packets: [Found] = []
  var violation: MQTTViolation?
  var isAtStart = true

  init(of bytes: [UInt8], cut pieces: [Range<Int>], _ rules: PacketRules) {
    var reader = PacketReader(rules: rules, bufferSize: 200)
    for piece in pieces {
      let span = bytes.span.extracting(piece)
      var index = 0
      do throws(MQTTViolation) {
        while true {
          let skipped = min(reader.payloadRemaining, span.count - index)
          reader.takePayload(skipped)
          index += skipped
          if reader.payloadRemaining > 0 { break }
          guard let header = try reader.read(span, from: &index) else {
            require(index == span.count, "the reader stopped before the end of the piece without a packet")
            break
          }
          let body = reader.body(in: span)
          packets.append(Found(header: header, body: body.indices.map { body[$0] }))
          let packet = try Packet(header, body: body, under: rules)
          requireSameAgain(packet, header, body, rules)
        }
      } catch {
        violation = error
        return
      }
    }
    isAtStart = reader.isAtStart
  }
}

/// Writes a packet that was read. It comes out as it stood, but for the short forms of what may be left out.
private func requireSameAgain(
  _ packet: borrowing Packet, _ header: FixedHeader, _ body: borrowing Span<UInt8>, _ rules: PacketRules
) {
  var again: [UInt8] = []
  do throws(PacketEncodingError) {
    again = try [UInt8](capacity: body.count + 8) { (out) throws(PacketEncodingError) in
      switch packet {
      case .connect(let packet): try packet.encode(into: &out)
      case .connAck(let packet): try packet.encode(into: &out, under: rules)
      case .publish(let packet): try packet.encode(into: &out, under: rules)
      case .publishAcknowledgement(let packet): try packet.encode(into: &out, under: rules)
      case .subscribe(let packet): try packet.encode(into: &out, under: rules)
      case .subscriptionAcknowledgement(let packet): try packet.encode(into: &out, under: rules)
      case .unsubscribe(let packet): try packet.encode(into: &out, under: rules)
      case .ping(let packet): try packet.encode(into: &out)
      case .disconnect(let packet): try packet.encode(into: &out, under: rules)
      case .auth(let packet): try packet.encode(into: &out, under: rules)
      }
    }
  } catch {
    fatalError("a packet that was read is not written: \(error)")
  }
  let start = header.encodedLength
  if header.remainingLength + start - again.count == header.remainingLength - body.count {
    for i in 0..<body.count { require(again[start + i] == body[i], "byte \(i) of \(header) is another") }
    return
  }
  switch header.type {
  case .pubAck, .pubRec, .pubRel, .pubComp, .disconnect, .auth:
    require(again.count < start + body.count, "\(header) has become longer")
  default: fatalError("\(header) has \(again.count) bytes when it is written again")
  }
}
