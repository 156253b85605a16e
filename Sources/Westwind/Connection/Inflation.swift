internal import PerMessageDeflate
internal import SystemPackage
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
  ///   - frameSize: a frame of as many bytes, inflated, finds its memory in a pool. With a receive buffer of the
  ///     caller's own this option may be anything.
  init(role: Role, _ parameters: PerMessageDeflateParameters, limit: Int, frameSize: Int) {
    inflater =
      role == .client
      ? Inflater(
        windowBits: parameters.serverMaxWindowBits, noContextTakeover: parameters.serverNoContextTakeover)
      : Inflater(
        windowBits: parameters.clientMaxWindowBits, noContextTakeover: parameters.clientNoContextTakeover)
    output = ByteQueue(pool: .shared(capacity: max(64, frameSize)))
    self.limit = min(max(0, limit), .max - 1)
  }

  /// Inflates a piece of a frame's payload. Where this throws, what came before the fault is in the output. One byte beyond the limit is inflated at the most, to know of it.
  ///
  /// - Parameters:
  ///   - payload: the bytes from the wire, not masked.
  ///   - endsMessage: the message ends behind them.
  func inflate(_ payload: RawSpan, endsMessage: Bool) throws(WebSocketError) {
    var consumed = 0
    var progress = CodecProgress.needsRoom
    var wasFull = false
    while progress == .needsRoom {
      // A frame that just fills the memory ends without more: that is tried first.
      if wasFull { output.grow(upTo: limit - messageSize + 1 + output.count) }
      wasFull = output.freeAtEnd == 0
      let before = output.count
      var failure: InflateError?
      progress = output.withFree(atMost: limit + 1 - messageSize) { room in
        do throws(InflateError) {
          return try inflater.inflate(payload, consumed: &consumed, endsMessage: endsMessage, into: &room)
        } catch {
          failure = error
          return .done
        }
      }
      messageSize += output.count - before
      if let failure { throw failure == .outOfMemory ? .system(.noMemory) : .protocolViolation(.notInflatable) }
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
