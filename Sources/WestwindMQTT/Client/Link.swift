internal import WestwindSockets

/// A client's connection: the transport, and the number that is polled.
struct Link: ~Copyable {
  let transport: any MQTTTransportOperations
  /// The transport's descriptor.
  let descriptor: SocketDescriptor
  var readiness: Readiness
  /// When CONNACK is overdue, in milliseconds; nil once it has come.
  var connAckDeadline: UInt64?
  /// When the timer fires, in milliseconds.
  var timer: UInt64?
}
