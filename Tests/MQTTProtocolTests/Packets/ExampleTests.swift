import MQTTProtocol
import Testing

/// The packets that the specifications write out.
struct ExampleTests {
  /// MQTT 3.1.1 figure 3.6 and MQTT 5.0 figure 3-6: the variable header of CONNECT.
  @Test func `CONNECT, variable header`() throws {
    let start: [UInt8] = [0, 4, 0x4D, 0x51, 0x54, 0x54]
    let payload = "c".bytes.field + "w".bytes.field + "gone".bytes.field + "u".bytes.field + "p".bytes.field
    // user name, password, will QoS 1, will, clean session: 0b1100_1110; keep alive 10 s
    let body3 = start + [4, 0b1100_1110, 0, 10] + payload
    // and the session expiry interval of 10 s; the will has properties of its own
    let body5 =
      start + [5, 0b1100_1110, 0, 10, 5, 0x11, 0, 0, 0, 10] + "c".bytes.field + [0] + payload.dropFirst(3)
    for (body, version) in [(body3, MQTTVersion.mqtt311), (body5, .mqtt5)] {
      let header = FixedHeader(type: .connect, remainingLength: body.count)
      guard case .connect(let connect) = try Packet(header, body: body.span, under: .client3) else {
        Issue.record("another packet")
        continue
      }
      #expect(connect.version == version && connect.isCleanStart && connect.keepAlive == 10)
      let expiry = connect.properties.integer(.sessionExpiryInterval)
      let name = connect.userName?.array
      let password = connect.password?.array
      #expect(expiry == (version == .mqtt5 ? 10 : nil) && name == "u".bytes && password == "p".bytes)
      if let will = connect.will {
        let topic = will.topic.array
        let message = will.payload.array
        #expect(will.qos == .atLeastOnce && !will.isRetained && topic == "w".bytes && message == "gone".bytes)
      } else {
        Issue.record("no will")
      }
      let bytes = try written { (out) throws(PacketEncodingError) in try connect.encode(into: &out) }
      #expect(bytes == [0x10, UInt8(body.count)] + body)
    }
  }

  /// 3.3.2.4, in 3.1.1 figure 3.11: topic a/b, packet identifier 10.
  @Test func `PUBLISH, variable header`() throws {
    let topic = "a/b".bytes
    let packet = PublishPacket(topic: topic.span, qos: .atLeastOnce, identifier: 10, payloadLength: 0)
    let five = try written { (out) throws(PacketEncodingError) in try packet.encode(into: &out, under: .client5) }
    #expect(five == [0x32, 8, 0, 3, 0x61, 0x2F, 0x62, 0, 10, 0])
    let three = try written { (out) throws(PacketEncodingError) in try packet.encode(into: &out, under: .client3) }
    #expect(three == [0x32, 7, 0, 3, 0x61, 0x2F, 0x62, 0, 10])
  }

  /// 3.8.3, in 3.1.1 figure 3.23: a/b at QoS 1 and c/d at QoS 2.
  @Test func `SUBSCRIBE, payload`() throws {
    let (first, second) = ("a/b".bytes, "c/d".bytes)
    let list = try written { (out) throws(PacketEncodingError) in
      try SubscriptionList.append(first.span, SubscriptionOptions(maximumQoS: .atLeastOnce), to: &out)
      try SubscriptionList.append(second.span, SubscriptionOptions(maximumQoS: .exactlyOnce), to: &out)
    }
    #expect(list == [0, 3, 0x61, 0x2F, 0x62, 1, 0, 3, 0x63, 0x2F, 0x64, 2])
    let packet = SubscribePacket(identifier: 10, subscriptions: SubscriptionList(encoded: list.span))
    let bytes = try written { (out) throws(PacketEncodingError) in try packet.encode(into: &out, under: .client5) }
    #expect(bytes == [0x82, 15, 0, 10, 0] + list)
    #expect(try packet.count(under: .client5) == 2)
  }

  /// 3.9.3 of 3.1.1, figure 3.26: QoS 0, QoS 2, failure.
  @Test func `SUBACK, payload`() throws {
    let codes: [UInt8] = [0, 2, 0x80]
    let packet = SubscriptionAcknowledgement(.subAck, identifier: 10, reasonCodes: codes.span)
    let bytes = try written { (out) throws(PacketEncodingError) in try packet.encode(into: &out, under: .broker3) }
    #expect(bytes == [0x90, 5, 0, 10, 0, 2, 0x80])
  }

  /// 3.10.3: a/b and c/d.
  @Test func `UNSUBSCRIBE, payload`() throws {
    let (first, second) = ("a/b".bytes, "c/d".bytes)
    let list = try written { (out) throws(PacketEncodingError) in
      try TopicFilterList.append(first.span, to: &out)
      try TopicFilterList.append(second.span, to: &out)
    }
    let packet = UnsubscribePacket(identifier: 10, filters: TopicFilterList(encoded: list.span))
    let bytes = try written { (out) throws(PacketEncodingError) in try packet.encode(into: &out, under: .client3) }
    #expect(bytes == [0xA2, 12, 0, 10, 0, 3, 0x61, 0x2F, 0x62, 0, 3, 0x63, 0x2F, 0x64])
  }

  /// Figures 3.33, 3.36 and 3.38 of 3.1.1; and the short forms of MQTT 5.0: 3.4.2.1, 3.14.2.1, 3.15.2.1.
  @Test func `packets of two to five bytes`() throws {
    func bytes(_ write: (inout OutputSpan<UInt8>) throws(PacketEncodingError) -> Void) throws -> [UInt8] {
      try written(write)
    }
    #expect(
      try bytes { (out) throws(PacketEncodingError) in try PingPacket(.request).encode(into: &out) } == [0xC0, 0])
    #expect(
      try bytes { (out) throws(PacketEncodingError) in try PingPacket(.response).encode(into: &out) } == [0xD0, 0])
    #expect(
      try bytes { (out) throws(PacketEncodingError) in try DisconnectPacket().encode(into: &out, under: .client3) }
        == [0xE0, 0])
    #expect(
      try bytes { (out) throws(PacketEncodingError) in
        try DisconnectPacket(reasonCode: .disconnectWithWill).encode(into: &out, under: .client5)
      } == [0xE0, 1, 4])
    #expect(
      try bytes { (out) throws(PacketEncodingError) in
        try PublishAcknowledgement(.pubRel, identifier: 0x0102).encode(into: &out, under: .client5)
      } == [0x62, 2, 1, 2])
    #expect(
      try bytes { (out) throws(PacketEncodingError) in
        try PublishAcknowledgement(.pubComp, identifier: 1, reasonCode: .packetIdentifierNotFound)
          .encode(into: &out, under: .client5)
      } == [0x70, 3, 0, 1, 0x92])
    #expect(
      try bytes { (out) throws(PacketEncodingError) in
        try AuthPacket(reasonCode: .success).encode(into: &out, under: .broker5)
      } == [0xF0, 0])
    #expect(
      try bytes { (out) throws(PacketEncodingError) in
        try ConnAckPacket(isSessionPresent: true, returnCode: .accepted).encode(into: &out, under: .broker3)
      } == [0x20, 2, 1, 0])
  }

  @Test func `the long forms of short packets are taken`() {
    for bytes in [[0x40, 3, 0, 1, 0], [0x40, 4, 0, 1, 0, 0], [0xE0, 1, 0], [0xE0, 2, 0, 0]] as [[UInt8]] {
      #expect(received([bytes], under: .client5).violation == nil)
    }
  }
}
