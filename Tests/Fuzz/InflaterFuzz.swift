// Any bytes as the payload of compressed messages: they give the same bytes and the same error however they are cut and
// however little room there is, and never more than the room. And any bytes as messages: they come back through
// Deflater and Inflater whatever the window, the levels, the pieces and the edges of frames.

import PerMessageDeflate

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let stream = Stream(data, count)
  inflateAnything(stream)
  roundTrip(stream)
  return 0
}

/// Enough to see what a stream gives; a bomb of 4 KiB makes 4 MiB.
private let mostOutput = 1 << 12

private struct Outcome: Equatable {
  var bytes: [UInt8] = []
  var isCutOff = false
  var ends = 0
  var error: InflateError?
}

private func inflateAnything(_ stream: Stream) {
  let noContextTakeover = stream.seed & 1 == 1
  var outcomes: [Outcome] = []
  for (i, pieces) in stream.segmentations.enumerated() {
    // 15 bits: no reference reaches back further, so the outcome does not depend on the outputs.
    for room in i == 0 ? [1 << 13, 1] : [100] {
      outcomes.append(inflate(stream.bytes, pieces, windowBits: 15, noContextTakeover, room))
    }
  }
  requireSame(outcomes)
  _ = inflate(stream.bytes, stream.segmentations[2], windowBits: 8 + Int(stream.seed >> 1 & 7), noContextTakeover, 33)
}

/// The stream as a message, and behind it an empty one.
private func inflate(
  _ bytes: [UInt8], _ pieces: [Range<Int>], windowBits: Int, _ noContextTakeover: Bool, _ room: Int
) -> Outcome {
  var inflater = Inflater(windowBits: windowBits, noContextTakeover: noContextTakeover)
  var outcome = Outcome()
  let room = Room(room)
  let messages = [pieces.map { (Array(bytes[$0]), false) } + [([], true)], [([0x00], true)]]
  for (piece, endsMessage) in messages.joined() {
    var consumed = 0
    var isDone = false
    while !isDone {
      let made = room.fill(&outcome.bytes) { output in
        do throws(InflateError) {
          isDone =
            try inflater.inflate(piece.span.bytes, consumed: &consumed, endsMessage: endsMessage, into: &output)
            == .done
        } catch {
          outcome.error = error
        }
      }
      require(consumed <= piece.count, "took \(consumed) of \(piece.count)")
      require(isDone || outcome.error != nil || made == room.size, "wants room and has left some")
      if outcome.bytes.count > mostOutput {
        outcome.bytes.removeLast(outcome.bytes.count - mostOutput)
        outcome.isCutOff = true
        outcome.error = nil
        outcome.ends = 0
        return outcome
      }
      if outcome.error != nil { return outcome }
    }
    require(consumed == piece.count, "done with \(consumed) of \(piece.count)")
    if endsMessage { outcome.ends += 1 }
  }
  return outcome
}

private func roundTrip(_ stream: Stream) {
  var random = SeededGenerator(seed: UInt64(stream.seed))
  let windowBits = Int.random(in: 8...15, using: &random)
  let noContextTakeover = Bool.random(using: &random)
  var deflater = Deflater(
    windowBits: windowBits, noContextTakeover: noContextTakeover, level: Int.random(in: 1...9, using: &random),
    memoryLevel: Int.random(in: 1...9, using: &random))
  var inflater = Inflater(windowBits: windowBits, noContextTakeover: noContextTakeover)
  // One message, or one for each of the first pieces, cut into frames once more; twice, so that there is a context.
  let messages = stream.seed & 2 == 0 ? stream.segmentations[0] : Array(stream.segmentations[2].prefix(16))
  for range in messages + messages {
    var sent: [UInt8] = []
    var back: [UInt8] = []
    var payload: [UInt8] = []
    var start = range.lowerBound
    while true {
      let end = Int.random(in: start...range.upperBound, using: &random)
      let isLast = end == range.upperBound && Bool.random(using: &random)
      let piece = Array(stream.bytes[start..<end])
      let ending: DeflateEnding = isLast ? .message : Bool.random(using: &random) ? .frame : .nothing
      let frame = deflate(&deflater, piece, ending, room: Int.random(in: Deflater.minimumRoom...300, using: &random))
      start = end
      payload += frame
      sent += piece
      if ending == .nothing { continue }
      let made = inflate(&inflater, payload, endsMessage: isLast, room: Int.random(in: 1...300, using: &random))
      payload = []
      back += made
      require(back == sent, "\(back) came of \(sent)")
      if isLast { break }
      // Whatever was sent, forgetting it is the deflater's own affair.
      switch Int.random(in: 0...9, using: &random) {
      case 0: deflater.reset()
      case 1: deflater.release()
      default: break
      }
    }
    inflater.release()
  }
}

private func deflate(_ deflater: inout Deflater, _ bytes: [UInt8], _ ending: DeflateEnding, room: Int) -> [UInt8] {
  var consumed = 0
  var all: [UInt8] = []
  let room = Room(room)
  var isDone = false
  while !isDone {
    room.fill(&all) { output in
      guard let progress = try? deflater.deflate(bytes.span.bytes, consumed: &consumed, ending: ending, into: &output)
      else { fatalError("no memory") }
      isDone = progress == .done
    }
    require(all.count < 2 * bytes.count + 1000, "no end of \(bytes)")
  }
  require(consumed == bytes.count, "took \(consumed) of \(bytes)")
  return all
}

private func inflate(_ inflater: inout Inflater, _ bytes: [UInt8], endsMessage: Bool, room: Int) -> [UInt8] {
  var consumed = 0
  var all: [UInt8] = []
  let room = Room(room)
  var isDone = false
  while !isDone {
    room.fill(&all) { output in
      do throws(InflateError) {
        isDone =
          try inflater.inflate(bytes.span.bytes, consumed: &consumed, endsMessage: endsMessage, into: &output) == .done
      } catch {
        fatalError("\(error) in \(bytes)")
      }
    }
  }
  return all
}

/// An output of a size: memory that ends where it ends, so that the sanitizer sees what is written behind it.
private final class Room {
  let size: Int
  private let memory: UnsafeMutableRawBufferPointer

  init(_ size: Int) {
    self.size = size
    memory = .allocate(byteCount: size, alignment: 1)
  }

  deinit {
    memory.deallocate()
  }

  /// Appends what the body writes to `bytes`, and returns how much that was.
  @discardableResult
  func fill(_ bytes: inout [UInt8], _ body: (inout OutputRawSpan) -> Void) -> Int {
    var output = OutputRawSpan(buffer: memory, initializedCount: 0)
    body(&output)
    let count = output.finalize(for: memory)
    bytes += memory[..<count]
    return count
  }
}
