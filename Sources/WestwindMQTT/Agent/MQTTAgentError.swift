public import MQTTProtocol

/// Why an agent does not do what it was asked for.
public enum MQTTAgentError: Error, Sendable {
  /// As many messages, or bytes, wait as the queue has room for. Try again later, or raise the limit.
  case queueFull(messages: Int, bytes: Int)
  /// The message gave way to younger ones, by `QueuePolicy.dropOldest`.
  case dropped
  /// The packet cannot be sent as it is.
  case invalidArgument(MQTTError.InvalidArgument)
  /// The broker's limits do not let this be sent.
  case refused(SessionRefusal)
  /// The time was over. What was asked for may still happen.
  case timedOut
  /// A message of QoS 0 was lost with the connection.
  case lost(MQTTError)
  /// The agent has been stopped, or was not started.
  case notRunning
  /// The agent has given up: `reconnects` said so.
  case gaveUp(MQTTError)
  /// A call that waits was made from within the callback, whose thread it would wait for.
  case insideCallback
  /// The store failed.
  case store(MQTTStoreError)
}
