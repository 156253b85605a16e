// Frame headers out of any bytes: the same however the stream is cut, as RFC 6455 5.2 draws them, and each comes out of
// `encode` and of a queue again as it stood.

import WebSocketEngine
import WebSocketProtocol
import WestwindBuffers

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let stream = Stream(data, count)
  let outcomes = stream.segmentations.map { headers(in: stream.bytes, cut: $0) }
  requireSame(outcomes)
  for found in outcomes[0].headers {
    let bytes = stream.bytes[found.start..<found.end]
    requireEncoding(of: found.header, is: bytes)
    guard case .header(let drawn, let end) = readHeader(stream.bytes, from: found.start) else {
      fatalError("\(found) is no header")
    }
    require(end == found.end && drawn == Drawn(found.header), "\(found) is \(drawn)")
  }
  return 0
}

private struct Found: Equatable {
  var header: FrameHeader
  var start: Int
  var end: Int
}

private struct Outcome: Equatable {
  var headers: [Found] = []
  var violation: ProtocolViolation?
  /// Bytes of a header that is not whole.
  var rest = 0
}

/// The headers of a stream in pieces; what a header says is its payload is skipped.
private func headers(in bytes: [UInt8], cut pieces: [Range<Int>]) -> Outcome {
  var outcome = Outcome()
  var start = 0
  var payloadLeft: UInt64 = 0
  for piece in pieces {
    let arrived = bytes.span.extracting(0..<piece.upperBound)
    while true {
      let skipped = Int(min(payloadLeft, UInt64(arrived.count - start)))
      payloadLeft -= UInt64(skipped)
      start += skipped
      var index = start
      do throws(ProtocolViolation) {
        guard let header = try FrameHeader.read(arrived, from: &index) else {
          require(index == start, "bytes of half a header were taken")
          break
        }
        outcome.headers.append(Found(header: header, start: start, end: index))
        payloadLeft = header.payloadLength
        start = index
      } catch {
        require(index == start, "bytes of a wrong header were taken")
        outcome.violation = error
        return outcome
      }
    }
  }
  outcome.rest = bytes.count - start
  return outcome
}

extension Drawn {
  fileprivate init(_ header: FrameHeader) {
    first =
      (header.isFinal ? 0x80 : 0) | header.reservedBits << 4 | header.opcode.rawValue
    key = header.maskingKey.map { key in (0..<4).map { key[$0] } }
    length = header.payloadLength
  }
}

/// Only the shortest form of a length is taken, so what was read is what `encode` writes.
private func requireEncoding(of header: FrameHeader, is bytes: ArraySlice<UInt8>) {
  require(header.encodedLength == bytes.count, "\(header) took \(bytes.count) bytes")
  var encoded = [UInt8](repeating: 0, count: header.encodedLength)
  var span = encoded.mutableSpan
  let written = header.encode(into: &span, at: 0)
  require(written == bytes.count && encoded.elementsEqual(bytes), "\(Array(bytes)) is encoded as \(encoded)")
  // With much room, and with just enough.
  for room in [24, (bytes.count + 7) & ~7] {
    var queue = ByteQueue(capacity: room)
    queue.acquire(from: Allocator())
    queue.append(header)
    queue.withSpan { queued in
      require(queued.count == bytes.count, "\(header) takes \(queued.count) bytes of a queue")
      for i in 0..<queued.count { require(queued[i] == encoded[i], "\(header) is put into a queue wrong") }
    }
  }
}
