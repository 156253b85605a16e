/// Decompresses the messages of one direction (RFC 7692 7.2.2).
///
/// zlib's memory is taken at the first message, 7 KB and a window of 2^windowBits bytes with the first output (39 KiB
/// with 15 bits), and given back by ``release()``, after an error, or with the value. From then on nothing allocates; and
/// of what was released, one inflater's in a process is kept for the next.
///
/// A window of 8 bits is made as one of 9, for peers that compress with 9 instead, as older ones on zlib do.
public struct Inflater: ~Copyable, Sendable {
  private let windowBits: Int
  private let keepsContext: Bool
  private var stream: InflateStream?
  private var failure: InflateError?
  /// Whether the last byte so far ended a block with BFINAL set.
  private var isAfterFinalBlock = false
  private var isInsideMessage = false

  /// - Parameters:
  ///   - windowBits: what was agreed for the peer, 8 to 15; one outside counts as the nearest inside.
  ///   - noContextTakeover: whether the peer compresses each message on its own.
  public init(windowBits: Int, noContextTakeover: Bool) {
    self.windowBits = max(9, windowBits.asWindowBits)
    keepsContext = !noContextTakeover
  }

  /// Decompresses a piece of a message, as far as the output has room: never more, however small the input is. So who
  /// limits the output stops a bomb at that limit.
  ///
  /// The message may be in blocks of every kind (RFC 7692 7.2.3), also such with BFINAL set (7.2.3.4): behind one of
  /// those the next begins at a whole byte, and the window stays.
  ///
  /// - Parameters:
  ///   - input: payload of the message's frames, in pieces cut anywhere.
  ///   - consumed: how many bytes of `input` were taken by earlier calls, and, on return, by this one too.
  ///   - endsMessage: whether the message ends behind `input`. The four bytes that the sender cut off (7.2.1) are not
  ///     part of the input.
  ///   - output: what the message's bytes are appended to. With no room at all, what needs none is done.
  /// - Returns: `done` where the input is taken and nothing of it waits; at the end of a message this is exact, also
  ///   where the output was just filled. `needsRoom` where more may come; inside a message, with the output just filled,
  ///   it may also turn out that nothing does.
  /// - Throws: what is wrong with the message. The output has what came before it. A reference beyond the agreed window
  ///   is found where the bytes are no longer at hand; zlib resolves it where they are still in the same output.
  public mutating func inflate(
    _ input: RawSpan, consumed: inout Int, endsMessage: Bool, into output: inout OutputRawSpan
  ) throws(InflateError) -> CodecProgress {
    precondition((0...input.byteCount).contains(consumed), "more is consumed than there is")
    if let failure { throw failure }
    do throws(InflateError) {
      if stream == nil { stream = InflateStream(windowBits: windowBits) }
      guard stream != nil else { throw .outOfMemory }
      isInsideMessage = true
      try take(input, &consumed, &output)
      guard consumed == input.byteCount else { return .needsRoom }
      guard endsMessage else { return output.freeCapacity == 0 ? .needsRoom : .done }
      return try endMessage(hasRoom: output.freeCapacity > 0)
    } catch {
      failure = error
      stream = nil
      throw error
    }
  }

  /// Gives zlib's memory back, until the next message. Does nothing inside a message, or where the peer may refer to
  /// earlier messages.
  public mutating func release() {
    if !keepsContext, !isInsideMessage { stream.take()?.giveBack() }
  }

  /// Whether zlib's memory is taken.
  public var isAllocated: Bool { stream != nil }

  /// Takes input until there is none left, or the output is full and nothing goes on without room.
  private mutating func take(
    _ input: RawSpan, _ consumed: inout Int, _ output: inout OutputRawSpan
  ) throws(InflateError) {
    repeat {
      let before = consumed
      let result = stream!.run(input, consumed: &consumed, into: &output)
      if consumed > before { isAfterFinalBlock = false }
      switch result {
      case .goesOn: break
      case .streamEnd: beginAfterFinalBlock()
      case .failed(let error): throw error
      }
      if result == .goesOn, output.freeCapacity == 0 { return }
    } while consumed < input.byteCount
  }

  /// RFC 7692 7.2.2: the four bytes 00 00 FF FF complete an empty block. They make no output, so they are given no
  /// room; where they are not taken whole, output still waits, or the message was cut short.
  private mutating func endMessage(hasRoom: Bool) throws(InflateError) -> CodecProgress {
    if !isAfterFinalBlock {
      let (taken, isBetweenBlocks, result) = stream!.runTrailer()
      switch result {
      case .failed(.outOfMemory): throw .outOfMemory
      case .failed: throw .truncated
      case .streamEnd where taken == 4: stream!.resetKeepingWindow()
      case .goesOn where taken == 4 && isBetweenBlocks: break
      case .goesOn where taken == 0 && !hasRoom: return .needsRoom
      default: throw .truncated
      }
    }
    isAfterFinalBlock = false
    isInsideMessage = false
    if !keepsContext { stream!.reset() }
    return .done
  }

  private mutating func beginAfterFinalBlock() {
    stream!.resetKeepingWindow()
    isAfterFinalBlock = true
  }
}
