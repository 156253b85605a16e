internal import CWestwindZlib

/// A raw deflate stream of zlib, with its memory.
///
/// zlib's state points back at its `z_stream`, so that stays where it is allocated. The owner is the only one who has
/// the pointer: sending the value to another thread sends all of it.
@safe struct DeflateStream: ~Copyable, @unchecked Sendable {
  enum Flush {
    /// zlib may keep what it took.
    case none
    /// The block ends, and all of it comes out but for the bits that do not fill a byte.
    case block
    /// An empty block without compression brings out the last bits; it ends with 00 00 FF FF.
    case sync

    var code: CInt {
      switch self {
      case .none: Z_NO_FLUSH
      case .block: Z_BLOCK
      case .sync: Z_SYNC_FLUSH
      }
    }
  }

  private let stream: UnsafeMutablePointer<z_stream>

  /// - Parameters: in zlib's ranges: 9 to 15, 1 to 9, 1 to 9.
  /// - Returns: nil where there is no memory.
  init?(windowBits: Int, level: Int, memoryLevel: Int) {
    let settings = unsafe UnsafeMutableRawPointer(bitPattern: windowBits | level << 8 | memoryLevel << 16)
    if let spare = unsafe Self.spare.take(madeFor: settings) {
      unsafe stream = spare
      return
    }
    // Sound: all zeros ask for zlib's own allocation (zlib.h, at `deflateInit`).
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe cz_deflate_init(stream, CInt(level), CInt(windowBits), CInt(memoryLevel))
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
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  private static let spare = unsafe SpareStream { unsafe end($0) }

  /// Gives the stream back, for whoever wants such a one next; one in the process is kept.
  consuming func giveBack() {
    reset()
    unsafe Self.spare.keep(stream)
    discard self
  }

  func reset() {
    // Sound: as in `end`.
    unsafe deflateReset(stream)
  }

  /// One call of `deflate` with the input from `consumed` on; it goes on until the input is taken or the output full.
  func run(_ input: RawSpan, consumed: inout Int, flush: Flush, into output: inout OutputRawSpan) {
    let count = min(input.byteCount - consumed, zlibStep)
    let isLast = consumed + count == input.byteCount
    // Sound: zlib reads `count` bytes that are in the input and writes as many as it is told are free, and it keeps
    // neither pointer for a later call.
    unsafe input.withUnsafeBytes { input in
      unsafe output.withUnsafeMutableBytes { bytes, filled in
        let room = min(bytes.count - filled, zlibStep)
        unsafe stream.pointee.next_in = zlibInput(input, at: consumed)
        unsafe stream.pointee.avail_in = CUnsignedInt(count)
        unsafe stream.pointee.next_out = (bytes.baseAddress! + filled).assumingMemoryBound(to: Bytef.self)
        unsafe stream.pointee.avail_out = CUnsignedInt(room)
        // Z_BUF_ERROR says that there was nothing to do, and no other can come of a stream in order.
        _ = unsafe CWestwindZlib.deflate(stream, isLast ? flush.code : Z_NO_FLUSH)
        unsafe consumed += count - Int(stream.pointee.avail_in)
        unsafe filled += room - Int(stream.pointee.avail_out)
      }
    }
  }
}
