/// Compresses the messages of one direction (RFC 7692 7.2.1).
///
/// zlib's memory is taken at the first byte and given back by ``release()`` or with the value. From then on nothing
/// allocates; and of what was released, one deflater's in a process is kept for the next. It is 2^(windowBits + 2) + 2^(memoryLevel + 9) bytes and some 6 KB: 262 KiB with 15 and 8, 9 KiB with
/// 9 and 1.
///
/// A window of 8 bits is made as one of 9, since zlib has no smaller one. A peer with a window of 256 bytes can read it
/// nevertheless: zlib never refers back further than its window less 262 bytes (zlib.h, at `deflateSetDictionary`),
/// which are 250 bytes.
public struct Deflater: ~Copyable, Sendable {
  /// With fewer free bytes of output than this, a call may do nothing.
  public static let minimumRoom = 8

  private let windowBits: Int
  private let level: Int
  private let memoryLevel: Int
  private let keepsContext: Bool
  private var stream: DeflateStream?
  /// Whether zlib took something that no end of a frame has brought out yet.
  private var hasUnfinished = false

  /// - Parameters:
  ///   - windowBits: what was agreed for this side, 8 to 15.
  ///   - noContextTakeover: whether each message is compressed on its own.
  ///   - level: 1 (fastest) to 9 (smallest).
  ///   - memoryLevel: 1 to 9.
  ///
  /// A number outside its range counts as the nearest inside.
  public init(windowBits: Int, noContextTakeover: Bool, level: Int, memoryLevel: Int) {
    self.windowBits = max(9, windowBits.asWindowBits)
    self.level = min(max(level, 1), 9)
    self.memoryLevel = min(max(memoryLevel, 1), 9)
    keepsContext = !noContextTakeover
  }

  /// Compresses a piece of a message.
  ///
  /// What comes out is payload as it goes into frames: where the message ends, it lacks the four bytes that the peer
  /// puts back (RFC 7692 7.2.1), and a message without any byte is the byte 0 (7.2.3.6). Frame edges can be anywhere in
  /// it; with `.frame` and `.message` all of the input so far can be read by the peer.
  ///
  /// - Parameters:
  ///   - input: the message's bytes, in as many calls as the caller likes.
  ///   - consumed: how many bytes of `input` were taken by earlier calls, and, on return, by this one too.
  ///   - ending: what ends behind `input`. A call that returned `needsRoom` is repeated with the same.
  ///   - output: what it is appended to. It should have ``minimumRoom`` free bytes, or more.
  /// - Returns: `done`, or `needsRoom` where the output has to be emptied first.
  /// - Throws: `outOfMemory`, at the first byte since the beginning or since ``release()``.
  public mutating func deflate(
    _ input: RawSpan, consumed: inout Int, ending: DeflateEnding, into output: inout OutputRawSpan
  ) throws(DeflateError) -> CodecProgress {
    precondition((0...input.byteCount).contains(consumed), "more is consumed than there is")
    if consumed < input.byteCount {
      if stream == nil { stream = DeflateStream(windowBits: windowBits, level: level, memoryLevel: memoryLevel) }
      guard stream != nil else { throw .outOfMemory }
      hasUnfinished = true
    }
    guard hasUnfinished else { return finishWithoutInput(ending, into: &output) }

    // The block is ended first and the marker behind it is asked for by itself, with room for all of it. So it never
    // straddles two outputs, which zlib answers with a second marker, and its end is there to be cut off.
    while output.freeCapacity > 0 {
      stream!.run(input, consumed: &consumed, flush: ending == .nothing ? .none : .block, into: &output)
      guard consumed == input.byteCount else { continue }
      if ending == .nothing { return .done }
      guard output.freeCapacity >= Self.minimumRoom else { break }
      stream!.run(input, consumed: &consumed, flush: .sync, into: &output)
      hasUnfinished = false
      if ending == .message { endMessage(&output) }
      return .done
    }
    return consumed == input.byteCount && ending == .nothing ? .done : .needsRoom
  }

  /// Forgets the context: what comes next refers to nothing before it. The peer need not know. It is to be called where
  /// output of `deflate` does not reach the peer after all.
  ///
  /// Allowed wherever the last output that the peer does get was ended by `.frame` or `.message`, also inside a
  /// message.
  public mutating func reset() {
    hasUnfinished = false
    stream?.reset()
  }

  /// Gives zlib's memory back, until the next byte. The context is forgotten, as by ``reset()``.
  public mutating func release() {
    hasUnfinished = false
    stream.take()?.giveBack()
  }

  /// Whether zlib's memory is taken.
  public var isAllocated: Bool { stream != nil }

  /// Everything so far has left with the frame before. The rest of the message is an empty block, of which all but
  /// the first byte is cut off (RFC 7692 7.2.3.6).
  private mutating func finishWithoutInput(
    _ ending: DeflateEnding, into output: inout OutputRawSpan
  ) -> CodecProgress {
    guard ending == .message else { return .done }
    guard output.freeCapacity > 0 else { return .needsRoom }
    output.append(0)
    if !keepsContext { stream?.reset() }
    return .done
  }

  /// RFC 7692 7.2.1: the marker's last four bytes, 00 00 FF FF, do not go over the wire.
  private mutating func endMessage(_ output: inout OutputRawSpan) {
    output.removeLast(4)
    if !keepsContext { stream!.reset() }
  }
}
