#if Compression
  internal import PerMessageDeflate
  internal import WebSocketProtocol
  internal import WestwindBuffers

  /// The receiving half of permessage-deflate: a compressed frame's payload goes in, and its decompressed bytes wait here
  /// until they are delivered. A frame is delivered when all of it has been decompressed, so that its length is known.
  final class Inflation {
    enum Outcome {
      case done
      /// `output` is full, and more may come.
      case needsRoom
    }

    private var inflater: Inflater
    var output: ByteQueue
    /// How many bytes the message may have in all, and how many it has so far.
    private var limit: Int
    private var messageSize = 0
    /// The last step ended for want of room: the next goes on without more input.
    private(set) var isStalled = false

    init(role: Role, _ parameters: PerMessageDeflateParameters, limit: Int, frameSize: Int) {
      inflater =
        role == .client
        ? Inflater(
          windowBits: parameters.serverMaxWindowBits, noContextTakeover: parameters.serverNoContextTakeover)
        : Inflater(
          windowBits: parameters.clientMaxWindowBits, noContextTakeover: parameters.clientNoContextTakeover)
      output = ByteQueue(capacity: max(64, frameSize))
      // The output holds a byte more than the limit, to know of it.
      self.limit = min(max(0, limit), ByteQueue.maximumCapacity - 1)
    }

    /// Decompresses a piece of a frame's payload. If this throws, what came before the fault is in the output. One byte
    /// beyond the limit is decompressed at the most, to know of it.
    ///
    /// - Parameters:
    ///   - payload: the bytes from the wire, not masked.
    ///   - consumed: how many of them have been taken.
    ///   - endsMessage: the message ends behind them.
    func inflate(_ payload: RawSpan, consumed: inout Int, endsMessage: Bool) throws(EngineFailure) -> Outcome {
      guard output.hasMemory else {
        isStalled = true
        return .needsRoom
      }
      let before = output.count
      var failure: InflateError?
      let progress = output.withFree(atMost: limit + 1 - messageSize) { room in
        do throws(InflateError) {
          return try inflater.inflate(payload, consumed: &consumed, endsMessage: endsMessage, into: &room)
        } catch {
          failure = error
          return .done
        }
      }
      messageSize += output.count - before
      isStalled = false
      if let failure { throw failure == .outOfMemory ? .outOfMemory : .violation(.notInflatable) }
      guard messageSize <= limit else { throw .messageTooBig(limit: limit) }
      guard progress != .needsRoom else {
        isStalled = true
        return .needsRoom
      }
      if endsMessage {
        messageSize = 0
        inflater.release()
      }
      return .done
    }

    /// Makes room: the memory of a frame's size first, and then twice as much each time, but no more than the limit needs.
    func grow<Source: BufferSource>(from source: Source) {
      guard output.hasMemory else { return output.acquire(from: source) }
      guard output.freeAtEnd == 0 else { return }
      output.compact()
      output.reserve(max(8, min(output.capacity, limit + 1 - messageSize)), isExact: true, from: source)
    }

    /// Changes the limit. A message that is arriving may have as many bytes as it has already.
    func limit(to bytes: Int) {
      limit = max(messageSize, min(max(0, bytes), ByteQueue.maximumCapacity - 1))
    }

    func dropOutput() {
      output.drop(output.count)
    }
  }
#endif
