public import SystemPackage
public import WestwindConnecting

// Indirect, so that it is one word: `wouldBlock` is thrown whenever nothing has come. As one value with all payloads its
// case would be some bits of a byte whose others most cases leave unwritten; comparing that byte is right, whatever stands in
// them, but valgrind reports it in optimized builds.

/// Why a transport could not do what it was asked for.
public indirect enum MQTTTransportError: Error, Sendable {
  /// There is no connection.
  case notConnected
  /// The server was not reached.
  case connect(ConnectError)
  /// The server was reached and the WebSocket did not open. The error is a `WebSocketError` of the module `Westwind`.
  case handshake(any Error)
  /// The server chose no subprotocol of those offered, or none at all: it is no MQTT broker, or another path is MQTT's.
  case subprotocol(offered: [String], chosen: String?)
  /// Nothing came in time.
  case wouldBlock
  /// Not all could be written in time.
  case timedOut
  /// The broker closed the stream.
  case closed
  /// The broker closed the WebSocket with this close code (RFC 6455 7.4) and reason. The code is 1005 if its CLOSE frame
  /// had none, 1006 if no CLOSE frame came, and nil if the status is not known.
  case webSocketClosed(code: UInt16?, reason: String)
  /// The broker sent a text frame ([MQTT-6.0.0-1]).
  case textFrame
  /// The WebSocket broke. The error is a `WebSocketError` of the module `Westwind`.
  case webSocket(any Error)
  /// The stream broke.
  case connectionLost(Errno)
}
