import CWestwindAllocationCounter
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// How often compressed frames ask for memory: frames up to the size of the buffers.
func reportCompressedFrames() throws {
  for role in Ends.Role.allCases {
    for takesOver in [true, false] {
      let whose = "as a \(role)\(takesOver ? "" : ", each by itself")"
      for size in [0, 1, 125, 5000, 65_536] {
        let count = try countCompressing(as: role, size: size, takesOver: takesOver)
        print(count, "sending \(size) bytes compressed \(whose)")
      }
      for reading in Reading.allCases {
        let count = try countInflating(as: role, reading, takesOver: takesOver)
        print(count, "receiving compressed frames by \(reading) \(whose)")
      }
    }
  }
}

/// What shrinks, and what does not.
private func samples(size: Int) -> [[UInt8]] {
  [Array(textPattern(size: size, seed: 1).utf8), pattern(size: size, seed: 2)]
}

private func countCompressing(as role: Ends.Role, size: Int, takesOver: Bool) throws -> Int {
  let ends = try Ends(role, compresses: true, takesOver: takesOver)
  let reader = BlockingThread {
    while try !ends.theirs.receiveMessage().isClose {}
  }
  let samples = samples(size: size)
  let text = samples[0]
  let noise = samples[1]
  let shrinking = text.span.bytes
  let growing = noise.span.bytes
  let count = try allocations {
    try sendEveryWay(ends.ours, shrinking)
    try sendEveryWay(ends.ours, growing)
    try ends.ours.sendMsg(shrinking, opcode: .text)
    try ends.ours.descriptor.send(shrinking, timeout: .seconds(60))
  }
  try ends.ours.sendMsg([], opcode: .close)
  try reader.join()
  try ends.close()
  return count
}

private func sendEveryWay(_ ws: WebSocketDescriptor, _ payload: RawSpan) throws {
  try ws.sendMsg(payload, opcode: .binary)
  try ws.sendMsg(payload, opcode: .binary, flags: .more, timeout: .seconds(60))
  try ws.sendMsg(payload, opcode: .binary, final: false)
  try ws.sendMsg(payload, opcode: .continuation)
}

private func countInflating(as role: Ends.Role, _ reading: Reading, takesOver: Bool) throws -> Int {
  let ends = try Ends(role, compresses: true, takesOver: takesOver)
  let sizes = [1, 125, 5000, 65_536]
  let writer = BlockingThread {
    for _ in 0..<(warmUp + rounds) {
      for size in sizes {
        for payload in samples(size: size) {
          try ends.theirs.sendMsg(payload, opcode: .binary)
          try ends.theirs.sendMsg([1, 2, 3], opcode: .ping)
          try ends.theirs.sendMsg(payload, opcode: .binary)
        }
      }
    }
  }
  let pongs = BlockingThread { _ = try? ends.theirs.recvMsg(maxCount: 10) }
  let total = sizes.reduce(0, +) * 4
  var left = 0  // as above
  let count = try withUnsafeTemporaryAllocation(byteCount: 10_000, alignment: 8) { buffer in
    try allocations {
      left += total
      while left > 0 { left -= try receive(ends.ours, reading, .forever, into: buffer) }
    }
  }
  try writer.join()
  try ends.close()
  try pongs.join()
  return count
}
