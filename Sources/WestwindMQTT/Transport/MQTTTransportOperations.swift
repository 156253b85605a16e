public import WestwindSockets

/// What carries packets: five functions, as in Zephyr (`mqtt_transport_*`).
///
/// A transport is used by one thread at a time. After a call that threw anything but `wouldBlock` it is only
/// disconnected.
public protocol MQTTTransportOperations: AnyObject {
  /// Connects to the broker.
  ///
  /// - Returns: the descriptor that polls readable when `read` has something. It stays valid until `disconnect`.
  /// - Throws: `connect`; nothing is left open then.
  func connect(timeout: Timeout) throws(MQTTTransportError) -> SocketDescriptor

  /// Writes whole packets, one behind the other: all of them, or it throws.
  func write(_ packets: RawSpan, timeout: Timeout) throws(MQTTTransportError)

  /// Writes whole packets, of which the last goes on in other memory, without copying that together.
  ///
  /// - Parameters:
  ///   - packets: the last of them without the end of its payload. Empty where it continues a packet.
  ///   - payload: how that payload goes on.
  ///   - remaining: bytes of it that later calls of this function bring; nothing else is written before.
  ///   - timeout: how long it may take.
  func write(
    _ packets: RawSpan, payload: RawSpan, remaining: Int, timeout: Timeout
  ) throws(MQTTTransportError)

  /// Reads what has come, at least a byte, appending it to `output`, which has room.
  ///
  /// - Returns: the bytes appended.
  /// - Throws: `wouldBlock` where nothing came in time; `closed` at the end of the stream.
  func read(into output: inout OutputRawSpan, timeout: Timeout) throws(MQTTTransportError) -> Int

  /// Closes the connection, and all that `connect` opened. Without effect where nothing is open.
  ///
  /// - Parameter timeout: how long a farewell, such as a closing handshake, may take; `immediate` where there is no one
  ///   to say it to.
  func disconnect(timeout: Timeout)
}
