import SystemPackage
import WestwindSockets

extension SocketDescriptor {
  /// `sendmsg` of three arrays.
  @discardableResult
  func gather(_ runs: [[UInt8]], flags: MessageFlags = [], timeout: Timeout?) throws -> Int {
    let (first, second, third) = (runs[0], runs[1], runs[2])
    return try sendmsg(
      Payload(first.span.bytes, second.span.bytes, third.span.bytes), flags: flags, timeout: timeout)
  }

  /// `recvmsg` into an array, from its beginning.
  func receiveMetadata(
    _ buffer: inout [UInt8], flags: MessageFlags = [], timeout: Timeout? = .seconds(20)
  ) throws -> ReceivedMetadata {
    try buffer.withUnsafeMutableBytes { bytes in
      var output = OutputRawSpan(buffer: bytes, initializedCount: 0)
      return try recvmsg(into: &output, flags: flags, timeout: timeout)
    }
  }
}

extension SocketOperations {
  /// One `send` of the operations table.
  func send(_ bytes: [UInt8], flags: MessageFlags = [], wait: Wait) throws(Errno) -> Int {
    try send(Payload(bytes.span.bytes), flags: flags, wait: wait)
  }

  /// One `receive` of the operations table.
  func receive(maxCount: Int, flags: MessageFlags = [], wait: Wait) throws(Errno) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: maxCount)
    let outcome = buffer.withUnsafeMutableBytes { bytes in
      Result { () throws(Errno) in
        var output = OutputRawSpan(buffer: bytes, initializedCount: 0)
        return try receive(into: &output, flags: flags, wait: wait).count
      }
    }
    return Array(buffer[..<(try outcome.get())])
  }
}
