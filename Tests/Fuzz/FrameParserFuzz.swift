// Frame headers out of any bytes: the same however the stream is cut, and each comes out of `encode` again as it stood.

import WebSocketProtocol

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let stream = Stream(data, count)
  let outcomes = stream.segmentations.map { headers(in: stream.bytes, cut: $0) }
  requireSame(outcomes)
  for found in outcomes[0].headers {
    requireEncoding(of: found.header, is: stream.bytes[found.start..<found.end])
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
  var isAtStart = true
}

/// The headers of a stream in pieces; what a header says is its payload is skipped.
private func headers(in bytes: [UInt8], cut pieces: [Range<Int>]) -> Outcome {
  var parser = FrameHeaderParser()
  var outcome = Outcome()
  var start = 0
  var payloadLeft: UInt64 = 0
  for piece in pieces {
    let span = bytes.span.extracting(piece)
    var index = 0
    while index < span.count {
      if payloadLeft > 0 {
        let skipped = Int(min(payloadLeft, UInt64(span.count - index)))
        payloadLeft -= UInt64(skipped)
        index += skipped
        continue
      }
      if parser.isAtStart { start = piece.lowerBound + index }
      do throws(ProtocolViolation) {
        guard let header = try parser.parse(span, from: &index) else {
          require(index == span.count, "the parser stopped before the end of the piece without a header")
          break
        }
        outcome.headers.append(Found(header: header, start: start, end: piece.lowerBound + index))
        payloadLeft = header.payloadLength
      } catch {
        outcome.violation = error
        return outcome
      }
    }
  }
  outcome.isAtStart = parser.isAtStart
  return outcome
}

/// Only the shortest form of a length is taken, so what was parsed is what `encode` writes.
private func requireEncoding(of header: FrameHeader, is bytes: ArraySlice<UInt8>) {
  require(header.encodedLength == bytes.count, "\(header) took \(bytes.count) bytes")
  var encoded = [UInt8](repeating: 0, count: header.encodedLength)
  var span = encoded.mutableSpan
  let written = header.encode(into: &span, at: 0)
  require(written == bytes.count && encoded.elementsEqual(bytes), "\(Array(bytes)) is encoded as \(encoded)")
}
