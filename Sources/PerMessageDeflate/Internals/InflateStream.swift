internal import CWestwindZlib

/// A raw inflate stream of zlib, with its memory; see `DeflateStream`.
@safe struct InflateStream: ~Copyable, @unchecked Sendable {
  enum Result: Equatable {
    /// All that is possible with this input and this room is done.
    case goesOn
    /// A block with BFINAL set has ended. Input behind it is not taken.
    case streamEnd
    case failed(InflateError)
  }

  private let stream: UnsafeMutablePointer<z_stream>

  /// - Parameter windowBits: 8 to 15.
  /// - Returns: nil where there is no memory.
  init?(windowBits: Int) {
    let settings = unsafe UnsafeMutableRawPointer(bitPattern: windowBits)
    if let spare = unsafe Self.spare.take(madeFor: settings) {
      unsafe stream = spare
      return
    }
    // Sound: as for `DeflateStream`.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe cz_inflate_init(stream, CInt(windowBits))
    guard status == Z_OK else {
      unsafe stream.deallocate()
      precondition(status == Z_MEM_ERROR, "this zlib does not work as its header says")
      return nil
    }
    unsafe stream.pointee.opaque = settings
    unsafe self.stream = stream
  }

  deinit {
    unsafe Self.end(stream)
  }

  private static func end(_ stream: UnsafeMutablePointer<z_stream>) {
    // Sound: the stream was made by `init`, and nobody else has it.
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  private static let spare = unsafe SpareStream { unsafe end($0) }

  /// Gives the stream back, for whoever wants such a one next; one in the process is kept.
  consuming func giveBack() {
    reset()
    unsafe Self.spare.keep(stream)
    discard self
  }

  /// Begins a new stream with an empty window. Its memory stays.
  func reset() {
    // Sound: as in `end`.
    unsafe inflateReset(stream)
  }

  /// Begins a new stream that may refer to what the last one gave.
  func resetKeepingWindow() {
    // Sound: as in `end`.
    unsafe inflateResetKeep(stream)
  }

  /// One call of `inflate` with the input from `consumed` on.
  func run(_ input: RawSpan, consumed: inout Int, into output: inout OutputRawSpan) -> Result {
    let count = min(input.byteCount - consumed, zlibStep)
    // Sound: zlib reads `count` bytes that are in the input and writes as many as it is told are free, and it keeps
    // neither pointer for a later call: its window is a copy.
    return unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { bytes, filled in
        let room = min(bytes.count - filled, zlibStep)
        unsafe stream.pointee.next_in = zlibInput(input, at: consumed)
        unsafe stream.pointee.avail_in = CUnsignedInt(count)
        let result = unsafe run(room == 0 ? nil : bytes.baseAddress! + filled, room)
        unsafe consumed += count - Int(stream.pointee.avail_in)
        unsafe filled += room - Int(stream.pointee.avail_out)
        return result
      }
    }
  }

  /// Gives zlib the end of an empty block without compression (RFC 7692 7.2.2) and no room for output.
  ///
  /// - Returns: how many of the four bytes were taken, and whether the stream is between two blocks then, at a whole
  ///   byte (zlib.h, at `inflate`, on `data_type`).
  func runTrailer() -> (taken: Int, isBetweenBlocks: Bool, Result) {
    var trailer: InlineArray<4, UInt8> = [0x00, 0x00, 0xFF, 0xFF]
    var span = trailer.mutableSpan
    // Sound: zlib reads at most the four bytes, and keeps no pointer.
    return unsafe span.withUnsafeMutableBufferPointer { trailer in
      unsafe stream.pointee.next_in = trailer.baseAddress
      unsafe stream.pointee.avail_in = 4
      let result = unsafe run(nil, 0)
      return unsafe (4 - Int(stream.pointee.avail_in), stream.pointee.data_type == 128, result)
    }
  }

  private func run(_ output: UnsafeMutableRawPointer?, _ room: Int) -> Result {
    // Sound: `room` bytes are free at `output`. zlib wants a pointer also for no room, and then writes nothing.
    let output = unsafe output ?? UnsafeMutableRawPointer(stream)
    unsafe stream.pointee.next_out = output.assumingMemoryBound(to: Bytef.self)
    unsafe stream.pointee.avail_out = CUnsignedInt(room)
    switch unsafe CWestwindZlib.inflate(stream, Z_SYNC_FLUSH) {
    case Z_OK, Z_BUF_ERROR: return .goesOn
    case Z_STREAM_END: return .streamEnd
    case Z_MEM_ERROR: return .failed(.outOfMemory)
    default:
      let reason = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? ""
      return .failed(reason == "invalid distance too far back" ? .distanceTooFarBack : .corrupt(reason: reason))
    }
  }
}
