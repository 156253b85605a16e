public import SystemPackage
public import Westwind

// Indirect, so that it is one word: `wouldBlock` is thrown whenever nothing has come. As one value with all payloads its
// case would be some bits of a byte whose others most cases leave unwritten; comparing that byte is right, whatever stands in
// them, but valgrind reports it in optimized builds.

/// Why a transport could not do what it was asked for.
public indirect enum MQTTTransportError: Error, Sendable {
  /// There is no connection.
  case notConnected
  /// Connecting failed, on the way that the error names.
  case connect(WebSocketError)
  /// The server chose no subprotocol of those offered, or none at all: it is no MQTT broker, or another path is MQTT's.
  case subprotocol(offered: [String], chosen: String?)
  /// Nothing came in time.
  case wouldBlock
  /// Not all could be written in time.
  case timedOut
  /// The broker closed the stream.
  case closed
  /// The broker closed the WebSocket, with this status.
  case webSocketClosed(CloseStatus?)
  /// The broker sent a text frame ([MQTT-6.0.0-1]).
  case textFrame
  /// The WebSocket broke.
  case webSocket(WebSocketError)
  /// The stream broke.
  case connectionLost(Errno)
}
