/// A message that a client which was not written here has received.
public struct PeerMessage: Sendable, Hashable {
  public var topic: String
  public var qos: Int
  public var isRetained: Bool
  public var isDuplicate: Bool
  /// Bytes of payload.
  public var size: Int
  /// SHA-256 of the payload, in hexadecimal. Only paho says it.
  public var sha256: String?
  /// Left out where it has more than 1024 bytes.
  public var payload: [UInt8]?
  /// By paho's names, such as `ContentType`; none in MQTT 3.1.1.
  public var properties: [String: JSON]

  /// The payload as text.
  public var text: String { String(decoding: payload ?? [], as: UTF8.self) }
}

extension PeerMessage {
  /// Reads a line of `Tests/Peers/paho_peer.py`.
  public init?(_ line: JSON) {
    guard let topic = line["topic"]?.string, let qos = line["qos"]?.number, let retain = line["retain"]?.bool,
      let duplicate = line["dup"]?.bool, let size = line["size"]?.number, let digest = line["sha256"]?.string
    else { return nil }
    self.topic = topic
    self.qos = qos
    isRetained = retain
    isDuplicate = duplicate
    self.size = size
    sha256 = digest
    payload = line["payload"]?.string.map(bytes(hexadecimal:))
    if case .object(let members)? = line["properties"] { properties = members } else { properties = [:] }
  }
}

/// The bytes behind a hexadecimal text.
public func bytes(hexadecimal text: String) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.utf8.count / 2)
  var high: UInt8?
  for character in text.utf8 {
    let digit = character <= UInt8(ascii: "9") ? character &- UInt8(ascii: "0") : (character | 0x20) &- 87
    if let first = high {
      bytes.append(first << 4 | digit)
      high = nil
    } else {
      high = digit
    }
  }
  return bytes
}
