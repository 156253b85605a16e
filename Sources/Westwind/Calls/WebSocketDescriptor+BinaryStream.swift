internal import WebSocketProtocol
package import WestwindSockets

/// What a receiving call for a protocol over binary messages brought.
package enum BinaryRun {
  /// So many bytes of payload, at least one.
  case bytes(Int)
  /// Text comes next. It stays where it is.
  case text
  /// The peer has closed.
  case close
}

/// For a protocol that sends each of its packets in a message, and takes what it receives as one stream.
extension WebSocketDescriptor {
  /// Sends whole packets that lie one behind the other, each in a binary message of its own, in as few writes as may be.
  ///
  /// - Parameters:
  ///   - packets: what is left is one whose end is not there.
  ///   - isHeld: something follows at once; the last may wait for it.
  ///   - length: the bytes of the packet that begins here, at least 1; nil where that cannot be said yet.
  /// - Throws: as `sendMsg`. Some of the packets may have left then.
  package func sendPackets(
    _ packets: inout RawSpan, isHeld: Bool, until deadline: Deadline, length: (RawSpan) -> Int?
  ) throws(WebSocketError) {
    try Registry.connection(self).send(
      messages: &packets, opcode: .binary, isHeld: isHeld, deadline: deadline, length: length)
  }

  /// Receives the payload of binary messages, joined: as much as has come when the first byte of it has, or as `output`
  /// has room for. Control frames and empty messages are passed over.
  ///
  /// - Throws: as `recvMsg`; nothing has been received then.
  package func receiveBinary(
    into output: inout OutputRawSpan, timeout: Timeout
  ) throws(WebSocketError) -> BinaryRun {
    try Registry.connection(self).receiveBinary(into: &output, deadline: Deadline(timeout))
  }
}
