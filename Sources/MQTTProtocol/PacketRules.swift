/// Who sent a packet, or is to send it: a broker (the specification's Server) or its client.
public enum PacketSender: Sendable, Hashable, CaseIterable {
  case client
  case broker
}

/// What a packet is held to, whether it was received or is to be sent.
///
/// CONNECT names its version itself; the rules' version says nothing about it.
public struct PacketRules: Sendable, Hashable {
  public var version: MQTTVersion
  public var sender: PacketSender

  public init(version: MQTTVersion, sender: PacketSender) {
    self.version = version
    self.sender = sender
  }
}
