extension ConnectPacket {
  private var flags: UInt8 {
    var flags: UInt8 = isCleanStart ? ConnectFlags.cleanStart : 0
    if let will {
      flags |= ConnectFlags.will | will.qos.rawValue << 3 | (will.isRetained ? ConnectFlags.willRetain : 0)
    }
    if userName != nil { flags |= ConnectFlags.userName }
    if password != nil { flags |= ConnectFlags.password }
    return flags
  }

  private var bodyLength: Int {
    var length = 10 + properties.encodedLength(version) + 2 + clientIdentifier.count
    if let will { length += will.encodedLength(version) }
    if let userName { length += 2 + userName.count }
    if let password { length += 2 + password.count }
    return length
  }

  /// Bytes of the whole packet.
  public var encodedLength: Int { FixedHeader.length(bodyLength) }

  /// Writes the packet.
  public func encode(into out: inout OutputSpan<UInt8>) throws(PacketEncodingError) {
    try clientIdentifier.checkFieldLength()
    if let will {
      try will.topic.checkFieldLength()
      try will.payload.checkFieldLength()
    }
    if let userName { try userName.checkFieldLength() }
    if let password { try password.checkFieldLength() }
    do throws(MQTTViolation) { try check() } catch { throw .violation(error) }

    try FixedHeader.begin(.connect, bodyLength: bodyLength, to: &out)
    out.append(0x0004 as UInt16)
    out.append(0x4D51_5454 as UInt32)  // MQTT
    out.append(version.rawValue)
    out.append(flags)
    out.append(keepAlive)
    if version == .mqtt5 { out.appendProperties(properties) }
    out.appendField(clientIdentifier)
    if let will {
      if version == .mqtt5 { out.appendProperties(will.properties) }
      out.appendField(will.topic)
      out.appendField(will.payload)
    }
    if let userName { out.appendField(userName) }
    if let password { out.appendField(password) }
  }
}
