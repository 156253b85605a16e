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
  /// How far the broker had taken what is sent, at the last PINGREQ, or when its answer was overdue.
  var progress = PeerProgress()

  init(
    transport: any MQTTTransportOperations, socket: ClientSocket, connAckDeadline: UInt64?, timer: UInt64?
  ) {
    self.transport = transport
    self.socket = socket
    self.connAckDeadline = connAckDeadline
    self.timer = timer
  }

  /// How far the broker has taken what is sent.
  borrowing func measureProgress() -> PeerProgress { PeerProgress(of: socket.descriptorBelow.operations) }

  /// The transport has something to read.
  borrowing func hasInput() -> Bool {
    (try? socket.descriptorBelow.poll(for: .readable, timeout: .immediate))?.isEmpty == false
  }
}
