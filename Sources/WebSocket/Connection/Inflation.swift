internal import PerMessageDeflate
internal import WebSocketProtocol

/// The receiving half of permessage-deflate: a compressed frame's payload goes in, and what it inflates to waits here
/// until it is delivered. A frame is delivered when all of it has been inflated, so that what remains of it is known.
///
/// The read lock protects it.
final class Inflation {
  private var inflater: Inflater
  var output: ByteQueue
  /// How many bytes the message may have in all, and how many it has so far.
  private let limit: Int
  private var messageSize = 0

  /// - Parameters:
  ///   - role: this end's.
  ///   - parameters: what was agreed.
  ///   - limit: the most bytes of a message, inflated.
  ///   - pool: where a frame's memory comes from, unless it needs more than that.
  init(role: Role, _ parameters: PerMessageDeflateParameters, limit: Int, pool: BufferPool) {
    inflater =
      role == .client
      ? Inflater(
        windowBits: parameters.serverMaxWindowBits, noContextTakeover: parameters.serverNoContextTakeover)
      : Inflater(
        windowBits: parameters.clientMaxWindowBits, noContextTakeover: parameters.clientNoContextTakeover)
    output = ByteQueue(pool: pool)
    self.limit = min(max(0, limit), .max - 1)
  }

  /// Inflates a piece of a frame's payload. One byte beyond the limit is inflated at the most, to know of it.
  ///
  /// - Parameters:
  ///   - payload: the bytes from the wire, not masked.
  ///   - endsMessage: the message ends behind them.
  func inflate(_ payload: RawSpan, endsMessage: Bool) throws(WebSocketError) {
    var consumed = 0
    var progress = CodecProgress.needsRoom
    while progress == .needsRoom {
      if output.freeAtEnd == 0 { output.grow() }
      let before = output.count
      do throws(InflateError) {
        progress = try output.withFree(atMost: limit + 1 - messageSize) { room throws(InflateError) in
          try inflater.inflate(payload, consumed: &consumed, endsMessage: endsMessage, into: &room)
        }
      } catch {
        throw .protocolViolation(.notInflatable)
      }
      messageSize += output.count - before
      guard messageSize <= limit else { throw .messageTooBig(limit: limit) }
    }
    guard endsMessage else { return }
    messageSize = 0
    inflater.release()
  }

  func dropOutput() {
    output.drop(output.count)
  }
}
