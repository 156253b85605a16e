package import WebSocketProtocol
internal import WestwindBuffers
package import WestwindSockets

extension WebSocketDescriptor {
  /// Sends one frame whose payload is the two runs, joined. As `sendMsg`; the moment at which it has to be over is given
  /// by who sends many frames in a row, and asks the clock once.
  package func sendMsg(
    _ first: RawSpan, _ second: RawSpan = RawSpan(), opcode: Opcode, final: Bool = true, flags: SendFlags = [],
    until deadline: Deadline
  ) throws(WebSocketError) {
    let connection = try Registry.connection(self)
    let frame = BlockingConnection.Outgoing(
      opcode: opcode, isMasked: connection.role.sendsMasked, isFinal: final, isHeld: flags.contains(.more))
    _ = try connection.send(frame, Payload(first, second), deadline: deadline)
  }
}
