import CAllocationCounter
import SocketLayer
import TestSupport
import WebSocket
import WebSocketProtocol

/// How often compressed frames ask for memory, with context takeover: frames up to the size of the buffers.
func reportCompressedFrames() throws {
  for role in Ends.Role.allCases {
    for size in [0, 1, 125, 5000, 65_536] {
      print(try countCompressing(as: role, size: size), "sending \(size) bytes compressed as a \(role)")
    }
    for reading in Reading.allCases {
      print(try countInflating(as: role, reading), "receiving compressed frames by \(reading) as a \(role)")
    }
  }
}

/// What shrinks, and what does not.
private func samples(size: Int) -> [[UInt8]] {
  [Array(textPattern(size: size, seed: 1).utf8), pattern(size: size, seed: 2)]
}

private func countCompressing(as role: Ends.Role, size: Int) throws -> Int {
  let ends = try Ends(role, compresses: true)
  let reader = BlockingThread {
    while try !ends.theirs.receiveMessage().isClose {}
  }
  let payloads = samples(size: size)
  let count = try allocations {
    for bytes in payloads {
      try ends.ours.sendMsg(bytes.span.bytes, opcode: .binary)
      try ends.ours.sendMsg(bytes.span.bytes, opcode: .binary, flags: .more, timeout: .seconds(60))
      try ends.ours.sendMsg(bytes.span.bytes, opcode: .binary, final: false)
      try ends.ours.sendMsg(bytes.span.bytes, opcode: .continuation)
    }
    let text = payloads[0]
    try ends.ours.sendMsg(text.span.bytes, opcode: .text)
    try ends.ours.descriptor.send(text.span.bytes, timeout: .seconds(60))
  }
  try ends.ours.sendMsg([], opcode: .close)
  try reader.join()
  try ends.close()
  return count
}

private func countInflating(as role: Ends.Role, _ reading: Reading) throws -> Int {
  let ends = try Ends(role, compresses: true)
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
  let count = try withUnsafeTemporaryAllocation(byteCount: 10_000, alignment: 8) { buffer in
    try allocations {
      var left = total
      while left > 0 { left -= try receive(ends.ours, reading, .forever, into: buffer) }
    }
  }
  try writer.join()
  try ends.close()
  try pongs.join()
  return count
}
