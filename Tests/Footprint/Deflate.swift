import CWestwindAllocationCounter
import PerMessageDeflate
import WestwindTestSupport

/// What compression takes: memory a direction and window, and calls for memory a message.
func reportDeflate() throws {
  for (windowBits, memoryLevel) in [(15, 9), (15, 8), (15, 1), (12, 5), (10, 2), (9, 1), (8, 1)] {
    let made = try average { try Codec(windowBits: windowBits, memoryLevel: memoryLevel, part: .deflater) }
    print(made, "bytes to compress with a window of \(windowBits) bits and memory level \(memoryLevel)")
  }
  for windowBits in 8...15 {
    let made = try average { try Codec(windowBits: windowBits, memoryLevel: 8, part: .inflater) }
    print(made, "bytes to decompress with a window of \(windowBits) bits")
  }
  print(try average { try Codec(windowBits: 15, memoryLevel: 8, part: .none) }, "bytes for a pair that is not used")

  for noContextTakeover in [false, true] {
    let codec = try Codec(windowBits: 15, memoryLevel: 8, noContextTakeover: noContextTakeover, part: .both)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 100_000, alignment: 8)
    defer { room.deallocate() }
    let message = pattern(size: 20_000, seed: 1)
    for _ in 0..<5 { try codec.exchange(message, room) }
    let before = allocation_count()
    for _ in 0..<20 { try codec.exchange(message, room) }
    let calls = allocation_count() - before
    print(calls, "calls for memory \(noContextTakeover ? "without" : "with") context takeover")
  }
  try reportRatio()
}

/// How small a corpus of small messages gets, as telemetry sends them: numbers that drift, names that come again.
private func reportRatio() throws {
  var random = SeededGenerator(seed: 1)
  var sensors = (0..<40).map { _ in Double.random(in: 10...30, using: &random) }
  let messages = (0..<2000).map { i in
    let sensor = Int.random(in: 0..<sensors.count, using: &random)
    sensors[sensor] += Double.random(in: -0.5...0.5, using: &random)
    let value = (sensors[sensor] * 100).rounded() / 100
    return Array(
      """
      {"type":"reading","sequence":\(i),"device":"sensor-\(sensor)","time":\(1_700_000_000_000 + i * 137),\
      "temperature":\(value),"battery":\(100 - i / 100),"ok":\(Bool.random(using: &random))}
      """.utf8)
  }
  print(messages.reduce(0) { $0 + $1.count }, "bytes of JSON")
  let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 8)
  defer { room.deallocate() }
  for noContextTakeover in [false, true] {
    for (windowBits, memoryLevel) in [(15, 8), (12, 5), (9, 1)] {
      let codec = try Codec(
        windowBits: windowBits, memoryLevel: memoryLevel, noContextTakeover: noContextTakeover, part: .none)
      let sent = try messages.reduce(0) { try $0 + codec.exchange($1, room) }
      let takeover = noContextTakeover ? "without" : "with"
      print(sent, "bytes of it \(takeover) context takeover, \(windowBits) bits, memory level \(memoryLevel)")
    }
  }
}

/// Bytes for each of many, which the caller keeps.
private func average(_ make: () throws -> Codec) rethrows -> Int {
  let count = 200
  var kept: [Codec] = []
  kept.reserveCapacity(count)
  kept.append(try make())
  let before = allocatedBytes()
  for _ in 1..<count { kept.append(try make()) }
  let after = allocatedBytes()
  return withExtendedLifetime(kept) { (after - before) / (count - 1) }
}

/// The two directions of one side, of which one or both have worked.
private final class Codec {
  enum Part {
    case none, deflater, inflater, both
  }

  private var deflater: Deflater
  private var inflater: Inflater

  init(windowBits: Int, memoryLevel: Int, noContextTakeover: Bool = false, part: Part) throws {
    deflater = Deflater(
      windowBits: windowBits, noContextTakeover: noContextTakeover, level: 6, memoryLevel: memoryLevel)
    inflater = Inflater(windowBits: windowBits, noContextTakeover: noContextTakeover)
    let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]  // RFC 7692 7.2.3.1
    try withUnsafeTemporaryAllocation(byteCount: 1000, alignment: 8) { room in
      if part == .deflater || part == .both { _ = try deflate([1, 2, 3], room) }
      if part == .inflater || part == .both { _ = try hello.withUnsafeBytes { try inflate($0, room) } }
    }
  }

  /// - Returns: the size of the compressed message.
  @discardableResult
  func exchange(_ message: [UInt8], _ room: UnsafeMutableRawBufferPointer) throws -> Int {
    let half = room.count / 2
    let count = try deflate(message, UnsafeMutableRawBufferPointer(rebasing: room[..<half]))
    let back = UnsafeMutableRawBufferPointer(rebasing: room[half...])
    let length = try inflate(UnsafeRawBufferPointer(rebasing: room[..<count]), back)
    guard length == message.count else { throw TestSupportError("\(length) bytes came back of \(message.count)") }
    return count
  }

  private func deflate(_ message: [UInt8], _ room: UnsafeMutableRawBufferPointer) throws -> Int {
    var output = OutputRawSpan(buffer: room, initializedCount: 0)
    var consumed = 0
    let progress = try deflater.deflate(message.span.bytes, consumed: &consumed, ending: .message, into: &output)
    guard progress == .done else { throw TestSupportError("too little room") }
    return output.finalize(for: room)
  }

  private func inflate(_ payload: UnsafeRawBufferPointer, _ room: UnsafeMutableRawBufferPointer) throws -> Int {
    var output = OutputRawSpan(buffer: room, initializedCount: 0)
    var consumed = 0
    let progress = try inflater.inflate(payload.bytes, consumed: &consumed, endsMessage: true, into: &output)
    guard progress == .done else { throw TestSupportError("too little room") }
    return output.finalize(for: room)
  }
}
