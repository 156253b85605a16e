internal import PerMessageDeflate
internal import SystemPackage
internal import WebSocketProtocol

/// The sending half of permessage-deflate: a frame's payload goes in, and what is to go over the wire waits here until
/// it is in the transmit buffer.
///
/// The write lock protects it.
final class Deflation {
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
  ///   - pool: where a frame's memory comes from, unless it needs more than that.
  init(role: Role, _ parameters: PerMessageDeflateParameters, _ options: PerMessageDeflateOptions, pool: BufferPool) {
    let isClient = role == .client
    keepsContext = !(isClient ? parameters.clientNoContextTakeover : parameters.serverNoContextTakeover)
    deflater = Deflater(
      windowBits: isClient ? parameters.clientMaxWindowBits : parameters.serverMaxWindowBits,
      noContextTakeover: !keepsContext, level: options.compressionLevel, memoryLevel: options.memoryLevel)
    minimumSize = options.minimumSize
    output = ByteQueue(pool: pool)
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
  /// - Returns: nil where there was no memory to compress with, before anything was done.
  func withCompressed<R>(
    _ first: RawSpan, _ second: RawSpan, _ third: RawSpan, isFinal: Bool,
    _ body: (RawSpan) throws(WebSocketError) -> R
  ) throws(WebSocketError) -> R? {
    defer {
      output.drop(output.count)
      output.releaseIfEmpty()
    }
    do throws(DeflateError) {
      try add(first, ending: .nothing)
      try add(second, ending: .nothing)
      try add(third, ending: isFinal ? .message : .frame)
    } catch {
      deflater.reset()
      return nil
    }
    do throws(WebSocketError) {
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

  private func add(_ run: RawSpan, ending: DeflateEnding) throws(DeflateError) {
    guard !run.isEmpty || ending != .nothing else { return }
    var consumed = 0
    var progress = CodecProgress.needsRoom
    while progress == .needsRoom {
      if output.freeAtEnd < Deflater.minimumRoom { output.grow() }
      progress = try output.withFree { room throws(DeflateError) in
        try deflater.deflate(run, consumed: &consumed, ending: ending, into: &room)
      }
    }
  }
}
