import CWestwindAllocationCounter
import WebSocketProtocol
import Westwind
import WestwindSockets
import WestwindTestSupport

/// How often each kind of frame asks for memory.
func reportFrames() throws {
  for role in Ends.Role.allCases {
    for size in [0, 1, 125, 126, 5000, 70_000] {
      print(try countSending(as: role, size: size), "sending \(size) bytes as a \(role)")
    }
    for reading in Reading.allCases {
      for waitsWithoutEnd in [true, false] {
        let count = try countReceiving(as: role, reading, waitsWithoutEnd: waitsWithoutEnd)
        print(count, "receiving by \(reading) as a \(role)\(waitsWithoutEnd ? "" : ", with a timeout")")
      }
    }
  }
  try reportCompressedFrames()
  print(countKnown(), "for the sake of comparison")
}

let warmUp = 5
let rounds = 20

/// How often the body asks for memory, when what is kept from one round to the next is there.
func allocations(_ body: () throws -> Void) rethrows -> Int {
  for _ in 0..<warmUp { try body() }
  let before = allocation_count()
  for _ in 0..<rounds { try body() }
  return allocation_count() - before
}

/// Every way to send a frame.
private func countSending(as role: Ends.Role, size: Int) throws -> Int {
  let ends = try Ends(role)
  let reader = BlockingThread {
    while try !ends.theirs.receiveMessage().isClose {}
  }
  let bytes = [UInt8](repeating: UInt8(ascii: "a"), count: size)
  let payload = bytes.span.bytes
  let count = try allocations {
    try ends.ours.sendMsg(payload, opcode: .binary)
    try ends.ours.sendMsg(payload, opcode: .text, timeout: .seconds(60))
    try ends.ours.sendMsg(payload, opcode: .binary, flags: .more)
    try ends.ours.sendMsg(payload, opcode: .text, final: false)
    try ends.ours.sendMsg(payload, opcode: .continuation)
    try ends.ours.withCork { () throws(WebSocketError) in _ = try ends.ours.sendMsg(payload, opcode: .binary) }
    try ends.ours.withBatch { batch throws(WebSocketError) in
      try batch.sendMsg(payload, opcode: .binary)
      try batch.sendMsg(payload, opcode: .text)
    }
    if size <= 125 { try ends.ours.sendMsg(payload, opcode: .ping) }
    try ends.ours.descriptor.send(payload, timeout: .seconds(60))
  }
  try ends.ours.sendMsg([], opcode: .close)
  try reader.join()
  try ends.close()
  return count
}

enum Reading: CaseIterable {
  case recvMsg
  case withReceivedFrame
  case withReceivedFrames
  case recv
}

/// One way to receive frames of many sizes, whole and in fragments, with a PING between them that is answered.
private func countReceiving(as role: Ends.Role, _ reading: Reading, waitsWithoutEnd: Bool) throws -> Int {
  let ends = try Ends(role)
  let sizes = [1, 125, 126, 5000, 70_000]
  let writer = BlockingThread {
    for _ in 0..<(warmUp + rounds) {
      for size in sizes {
        let bytes = [UInt8](repeating: UInt8(ascii: "b"), count: size)
        let payload = bytes.span.bytes
        try ends.theirs.sendMsg([1, 2, 3], opcode: .ping)
        try ends.theirs.sendMsg(payload, opcode: .binary)
        try ends.theirs.sendMsg(payload, opcode: .text, final: false)
        try ends.theirs.sendMsg(payload, opcode: .continuation)
      }
    }
  }
  // The answers to the PINGs have to be taken, or there is no room for them in the end.
  let pongs = BlockingThread { _ = try? ends.theirs.recvMsg(maxCount: 10) }
  let total = sizes.reduce(0, +) * 3
  let timeout = waitsWithoutEnd ? Timeout.forever : .seconds(60)
  // What a call may have taken of the next round: `withReceivedFrames` takes all that has come.
  var left = 0
  let count = try withUnsafeTemporaryAllocation(byteCount: 10_000, alignment: 8) { buffer in
    try allocations {
      left += total
      while left > 0 { left -= try receive(ends.ours, reading, timeout, into: buffer) }
    }
  }
  try writer.join()
  try ends.close()
  try pongs.join()
  return count
}

func receive(
  _ ws: WebSocketDescriptor, _ reading: Reading, _ timeout: Timeout, into buffer: UnsafeMutableRawBufferPointer
) throws -> Int {
  switch reading {
  case .recvMsg:
    return try unsafe ws.recvMsg(into: buffer, timeout: timeout).count
  case .withReceivedFrame:
    return try ws.withReceivedFrame(timeout: timeout) { (message, _) throws(WebSocketError) in message.count }
  case .withReceivedFrames:
    var count = 0
    _ = try ws.withReceivedFrames(timeout: timeout) { (message, _) throws(WebSocketError) in count += message.count }
    return count
  case .recv:
    var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
    return try ws.descriptor.recv(into: &output, timeout: timeout)
  }
}

/// What allocates once in every round, so that a counter which does not count is found out.
private func countKnown() -> Int {
  var kept: [[UInt8]] = []
  kept.reserveCapacity(warmUp + rounds)
  return allocations { kept.append([UInt8](repeating: 0, count: kept.count + 1)) }
}
