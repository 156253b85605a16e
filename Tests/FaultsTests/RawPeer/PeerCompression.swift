import PerMessageDeflate

/// A peer's half of permessage-deflate, in either role: all its data frames are compressed, those that come may be.
final class PeerCompression {
  /// What offers it, and what answers that.
  let text: String
  private var deflater: Deflater
  private var inflater: Inflater
  private var isMessageCompressed = false

  /// - Parameter keepsContext: both sides refer to earlier messages.
  init(keepsContext: Bool) {
    text = "permessage-deflate" + (keepsContext ? "" : "; server_no_context_takeover; client_no_context_takeover")
    deflater = Deflater(windowBits: 15, noContextTakeover: !keepsContext, level: 6, memoryLevel: 8)
    inflater = Inflater(windowBits: 15, noContextTakeover: !keepsContext)
  }

  /// A data frame's payload on the wire.
  func payload(of frame: RawFrame) -> [UInt8] {
    (try? whole { consumed, output in
      try deflater.deflate(
        frame.payload.span.bytes, consumed: &consumed, ending: frame.isFinal ? .message : .frame, into: &output)
    }) ?? []
  }

  /// A data frame that has come, as its sender had it.
  ///
  /// - Parameter isMarked: RSV1 is set.
  func frame(from frame: RawFrame, isMarked: Bool) throws(RawPeer.Trouble) -> RawFrame {
    if frame.opcode == RawFrame.continuation {
      guard !isMarked else { throw .broken("RSV1 on a continuation") }
    } else {
      isMessageCompressed = isMarked
    }
    guard isMessageCompressed else { return frame }
    var frame = frame
    do {
      frame.payload = try whole { consumed, output in
        try inflater.inflate(
          frame.payload.span.bytes, consumed: &consumed, endsMessage: frame.isFinal, into: &output)
      }
    } catch {
      throw .broken("payload that does not inflate: \(error)")
    }
    return frame
  }

  private func whole(_ call: (inout Int, inout OutputRawSpan) throws -> CodecProgress) throws -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 8)
    defer { room.deallocate() }
    var bytes: [UInt8] = []
    var consumed = 0
    while true {
      var output = OutputRawSpan(buffer: room, initializedCount: 0)
      let progress = try call(&consumed, &output)
      bytes += room[..<output.finalize(for: room)]
      if progress == .done { return bytes }
    }
  }
}
