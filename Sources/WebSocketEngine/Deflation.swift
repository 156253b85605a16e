#if Compression
  internal import PerMessageDeflate
  package import WebSocketProtocol
  package import WestwindBuffers

  /// The sending half of permessage-deflate: a frame's payload goes in, and its compressed bytes wait here until they are in
  /// the connection's output.
  package final class Deflation {
    /// How much is compressed at a time: some milliseconds' work.
    private static let step = 65536

    private var deflater: Deflater
    private var output: ByteQueue
    private let minimumSize: Int
    private let keepsContext: Bool
    /// The message that is open is compressed.
    private var isMessageCompressed = false

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
      output = ByteQueue(capacity: Self.capacity(forFrame: frameSize))
    }

    /// The memory that a frame of so many bytes takes compressed, at the most.
    package static func capacity(forFrame size: Int) -> Int { size + size / 7 + 64 }

    /// Whether a frame goes compressed (RFC 7692 6.1: each message as the sender likes, control frames never).
    ///
    /// - Parameter count: its payload's bytes.
    package func compresses(_ opcode: Opcode, count: Int) -> Bool {
      switch opcode {
      // What cannot be held in memory goes as it is.
      case .text, .binary: count >= minimumSize && count <= ByteQueue.maximumCapacity / 4
      case .continuation: isMessageCompressed
      default: false
      }
    }

    /// Compresses a frame's payload, and lends its bytes for the wire. If they do not get there, since something throws, the
    /// context is forgotten: the peer does not have it.
    ///
    /// - Parameters:
    ///   - check: asked after each step of some milliseconds, so that a large payload does not hold up the end of the
    ///     connection, or go past a deadline.
    ///   - body: takes the bytes.
    /// - Returns: nil if there was no memory to compress with: nothing has been done, but the context may be forgotten.
    package func withCompressed<Source: BufferSource, R, E: Error>(
      _ payload: borrowing Payload, isFinal: Bool, from source: Source, check: () throws(E) -> Void,
      _ body: (RawSpan) throws(E) -> R
    ) throws(E) -> R? {
      output.acquire(from: source)
      defer {
        output.drop(output.count)
        output.release(to: source)
      }
      do throws(E) {
        for run in 0..<3 {
          var rest = payload.run(run)
          while rest.byteCount > Self.step {
            guard add(rest.extracting(first: Self.step), ending: .nothing, from: source) else { return giveUp() }
            rest = rest.dropping(first: Self.step)
            try check()
          }
          guard add(rest, ending: run < 2 ? .nothing : isFinal ? .message : .frame, from: source) else {
            return giveUp()
          }
        }
        return try output.withFirst(output.count, body)
      } catch {
        deflater.reset()
        throw error
      }
    }

    private func giveUp<R>() -> R? {
      deflater.reset()
      return nil
    }

    /// A data frame has been sent.
    func noteSent(isCompressed: Bool, isFinal: Bool) {
      isMessageCompressed = isCompressed && !isFinal
      if isFinal, !keepsContext { deflater.release() }
    }

    /// - Returns: false if there was no memory, or more than a queue holds would be needed.
    private func add<Source: BufferSource>(_ run: RawSpan, ending: DeflateEnding, from source: Source) -> Bool {
      guard !run.isEmpty || ending != .nothing else { return true }
      var consumed = 0
      var progress = CodecProgress.needsRoom
      while progress == .needsRoom {
        if output.freeAtEnd < Deflater.minimumRoom {
          guard output.capacity <= ByteQueue.maximumCapacity / 2 else { return false }
          output.reserve(output.capacity, from: source)
        }
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
#endif
