internal import WebSocketProtocol

/// How much to read at once where frames are large: behind one comes only the next one's header, so that no payload has to
/// be moved.
extension ReadSide {
  /// What a large frame takes.
  struct FrameSize {
    /// Bytes; 0 for a frame that is not large.
    var header = 0
    var payload = 0
    var isMasked = false
  }

  /// Notes what the data frame that begins takes; 0 where it is no example of those to come.
  @inline(__always) mutating func noteSize(header: Int, payload: UInt64, isMasked: Bool = false) {
    large.header = 0
    guard payload >= UInt64(input.capacity / 2) else { return }
    large = FrameSize(header: header, payload: Int(min(payload, 1 << 40)), isMasked: isMasked)
  }

  /// The most bytes to read where the next frame's header is to come.
  ///
  /// - Parameter room: of the caller's memory that is to have the payload.
  @inline(__always) func sizeOfFirstRead(room: Int) -> Int {
    large.header == 0 ? .max : sizeOfFirstRead(large, room: room)
  }

  private func sizeOfFirstRead(_ large: FrameSize, room: Int) -> Int {
    guard input.isEmpty, parser.isAtStart, compressed == nil, control == nil else { return .max }
    // What is not masked goes straight to the caller; the rest begins at the front of the input.
    if !large.isMasked, room >= input.capacity / 2 { return large.header }
    return large.header + large.payload <= input.capacity ? large.header + large.payload : .max
  }

  /// The most bytes to read where more of the present frame is to come, so that nothing but a header follows it.
  var sizeOfNextRead: Int {
    guard large.header > 0, let frame else { return .max }
    return Int(min(frame.remaining, UInt64(large.payload))) - input.count + large.header
  }

  /// How much payload is worth a read of its own, straight into the caller's memory. Less goes through the input, and the
  /// same read brings the next header.
  var sizeOfDirectRead: Int { large.header == 0 ? input.capacity / 2 : min(4096, input.capacity / 2) }
}
