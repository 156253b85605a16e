internal import WestwindSockets

/// A client's connection: the transport, and the number that is polled.
struct Link: ~Copyable {
  let transport: any MQTTTransportOperations
  /// What the transport polls.
  let descriptor: SocketDescriptor
  var readiness: Readiness
  /// When CONNACK is overdue, in milliseconds; nil once it has come.
  var connAckDeadline: UInt64?
  /// When the timer fires, in milliseconds.
  var timer: UInt64?
  /// How far the broker had taken what is sent, at the last PINGREQ, or when its answer was overdue.
  var progress = PeerProgress()

  /// How far the broker has taken what is sent.
  borrowing func measureProgress() -> PeerProgress { PeerProgress(of: descriptor.operations) }

  /// The transport has something to read.
  borrowing func hasInput() -> Bool {
    (try? descriptor.poll(for: .readable, timeout: .immediate))?.isEmpty == false
  }
}
