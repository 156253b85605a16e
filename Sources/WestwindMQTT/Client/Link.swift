internal import WestwindSockets

/// A client's connection: the transport, and the number that is polled.
struct Link: ~Copyable {
  let transport: any MQTTTransportOperations
  let socket: ClientSocket
  /// When CONNACK is overdue, in milliseconds; nil once it has come.
  var connAckDeadline: UInt64?
  /// When the timer fires, in milliseconds.
  var timer: UInt64?
  /// What the socket was told last.
  var isBuffered = false

  init(
    transport: any MQTTTransportOperations, socket: ClientSocket, connAckDeadline: UInt64?, timer: UInt64?
  ) {
    self.transport = transport
    self.socket = socket
    self.connAckDeadline = connAckDeadline
    self.timer = timer
  }
}
