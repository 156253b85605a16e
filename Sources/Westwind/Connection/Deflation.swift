internal import PerMessageDeflate
internal import SystemPackage
internal import WebSocketProtocol

/// The sending half of permessage-deflate: a frame's payload goes in, and what is to go over the wire waits here until
/// it is in the transmit buffer.
///
/// The write lock protects it.
final class Deflation {
  /// How much is compressed at a time: some milliseconds' work.
  private static let step = 65536

  private var deflater: Deflater
  private var output: ByteQueue
  private let minimumSize: Int
  private let keepsContext: Bool
  /// The message that is open is compressed.
  private var isMessageCompressed = false

  /// - Parameters:
  ///   - role: this end's.
  ///   - parameters: what was agreed.
  ///   - options: this end's own.
  ///   - frameSize: a frame of as many bytes finds its memory in a pool.
  init(
    role: Role, _ parameters: PerMessageDeflateParameters, _ options: PerMessageDeflateOptions, frameSize: Int
  ) {
    let isClient = role == .client
    keepsContext = !(isClient ? parameters.clientNoContextTakeover : parameters.serverNoContextTakeover)
    deflater = Deflater(
      windowBits: isClient ? parameters.clientMaxWindowBits : parameters.serverMaxWindowBits,
      noContextTakeover: !keepsContext, level: options.compressionLevel, memoryLevel: options.memoryLevel)
    minimumSize = options.minimumSize
    // Bytes that do not shrink grow, by some thirteen hundredths at the most (zlib's `deflateBound`).
    output = ByteQueue(pool: .shared(capacity: frameSize + frameSize / 7 + 64))
  }

  /// Whether a frame goes compressed (RFC 7692 6.1: each message as the sender likes, control frames never).
  ///
  /// - Parameter count: its payload's bytes.
  func compresses(_ opcode: Opcode, count: Int) -> Bool {
    switch opcode {
    case .text, .binary: count >= minimumSize
    case .continuation: isMessageCompressed
    default: false
    }
  }

  /// Compresses a frame's payload, and lends what it is on the wire. Where it does not get there the context is
  /// forgotten, since the peer does not have it.
  ///
  /// - Parameter check: asked after each `step`, so that a large payload does not hold up the end of the connection,
  ///   or go past a deadline.
  /// - Returns: nil where there was no memory to compress with, before anything was done.
  func withCompressed<R>(
    _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, isFinal: Bool, check: () throws(WebSocketError) -> Void,
    _ body: (RawSpan) throws(WebSocketError) -> R
  ) throws(WebSocketError) -> R? {
    defer {
      output.drop(output.count)
      output.releaseIfEmpty()
    }
    do throws(WebSocketError) {
      for run in 0..<3 {
        var rest = run == 0 ? first : run == 1 ? second : third
        while rest.byteCount > Self.step {
          guard add(rest.extracting(first: Self.step), ending: .nothing) else { return nil }
          rest = rest.extracting(droppingFirst: Self.step)
          try check()
        }
        guard add(rest, ending: run < 2 ? .nothing : isFinal ? .message : .frame) else { return nil }
      }
      return try output.withFirst(output.count, body)
    } catch {
      deflater.reset()
      throw error
    }
  }

  /// A data frame has been sent.
  func noteSent(isCompressed: Bool, isFinal: Bool) {
    isMessageCompressed = isCompressed && !isFinal
    if isFinal, !keepsContext { deflater.release() }
  }

  /// - Returns: false where there was no memory, which can only be before the first byte.
  private func add(_ run: RawSpan, ending: DeflateEnding) -> Bool {
    guard !run.isEmpty || ending != .nothing else { return true }
    var consumed = 0
    var progress = CodecProgress.needsRoom
    while progress == .needsRoom {
      if output.freeAtEnd < Deflater.minimumRoom { output.grow() }
      do throws(DeflateError) {
        progress = try output.withFree { room throws(DeflateError) in
          try deflater.deflate(run, consumed: &consumed, ending: ending, into: &room)
        }
      } catch {
        return false
      }
    }
    return true
  }
}
