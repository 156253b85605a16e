// The peer's half of the handshake out of any bytes, read by a client as a response and by a server as a request: the
// same head and the same rest however the stream is cut, a good answer only where all that RFC 6455 asks is there, and
// an answer of our own to every request. What follows the head is read as a body in chunks, too.

import WebSocketProtocol

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let stream = Stream(data, count)
  let limit = stream.seed < 0x20 ? 256 : 16384
  for isResponse in [true, false] {
    let readings = stream.segmentations.map { Reading(stream.bytes, cut: $0, limit: limit, isResponse: isResponse) }
    requireSame(readings)
    guard let head = readings[0].head else {
      readAsChunks(stream.bytes)
      continue
    }
    require(head.count <= limit, "a head of \(head.count) bytes with a limit of \(limit)")
    require(head + readings[0].rest == stream.bytes, "head and rest are not the stream")
    readAsResponse(head)
    readAsRequest(head, isStrict: !isResponse)
    readAsChunks(readings[0].rest)
  }
  // also what no reader would hand on
  _ = try? ResponseHead(stream.bytes)
  _ = try? ServerHandshake(request: stream.bytes)
  return 0
}

private struct Reading: Equatable {
  var head: [UInt8]?
  var rest: [UInt8] = []
  var violation: HandshakeViolation?

  init(_ bytes: [UInt8], cut pieces: [Range<Int>], limit: Int, isResponse: Bool) {
    var reader = HeadReader(limit: limit, isResponse: isResponse)
    for piece in pieces {
      if head != nil {
        rest += bytes[piece]
        continue
      }
      var index = 0
      do throws(HandshakeViolation) {
        head = try reader.read(bytes.span.extracting(piece), from: &index)
      } catch {
        violation = error
        let isTooLarge = error == .headTooLarge(limit: limit)
        require(isTooLarge ? reader.count == limit : !isResponse, "\(error) after \(reader.count) bytes")
        return
      }
      rest += bytes[piece].dropFirst(index)
    }
  }
}

// The example of RFC 6455 1.3.
private let nonce = Array("the sample nonce".utf8)
private let accept = Array("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".utf8)
private let offered = [Array("mqtt".utf8), Array("chat".utf8)]

private func readAsResponse(_ head: [UInt8]) {
  guard let response = try? ResponseHead(head) else { return }
  require((0...999).contains(response.status), "status \(response.status)")
  requireSound(response.fields)
  if let length = response.contentLength { require((0...999_999_999).contains(length), "length \(length)") }
  guard let client = try? ClientHandshake(key: HandshakeKey(nonce: nonce.span), subprotocols: offered) else {
    fatalError("good subprotocols were refused")
  }
  let chosen: [UInt8]?
  do throws(HandshakeViolation) {
    chosen = try client.check(response)
  } catch {
    return
  }
  require(response.status == 101, "status \(response.status) was taken")
  require(response.fields.values(of: "sec-websocket-accept") == [accept], "a wrong accept value was taken")
  if let chosen { require(offered.contains(chosen), "subprotocol \(chosen) was not offered") }
}

private func readAsRequest(_ head: [UInt8], isStrict: Bool) {
  do throws(HandshakeViolation) {
    let request = try ServerHandshake(request: head)
    require(isStrict || !hasLooseLine(head), "a line that ends in LF alone was taken in a request")
    requireSound(request.fields)
    require(request.key.text.count == 24, "key \(request.key.text)")
    for subprotocol in request.subprotocols.map(Optional.some) + [nil] {
      let answer = request.response(subprotocol: subprotocol)
      let response = wholeResponse(answer)
      require(response.status == 101, "\(answer)")
      require(response.fields.values(of: "sec-websocket-accept") == [request.key.accept], "\(answer)")
      require(response.fields.values(of: "sec-websocket-protocol") == (subprotocol.map { [$0] } ?? []), "\(answer)")
    }
  } catch {
    let answer = ServerHandshake.refusal(of: error)
    require((400...599).contains(wholeResponse(answer).status), "\(answer)")
  }
}

private func hasLooseLine(_ head: [UInt8]) -> Bool {
  head.indices.contains { head[$0] == 0x0A && ($0 == 0 || head[$0 - 1] != 0x0D) }
}

/// What has come of a body in chunks is the beginning of what comes, and what is over stays so.
private func readAsChunks(_ bytes: [UInt8]) {
  let whole = ChunkedBody(bytes)
  require(whole.data.count <= bytes.count, "\(whole.data.count) bytes out of \(bytes.count)")
  for end in stride(from: 0, to: bytes.count, by: 1 + bytes.count / 16) {
    let part = ChunkedBody(Array(bytes[..<end]))
    require(whole.data.starts(with: part.data), "\(part) is not the beginning of \(whole)")
    if part.isOver { require(part == whole, "\(part) was over, and then came \(whole)") }
  }
}

/// An answer of ours is exactly one head.
private func wholeResponse(_ bytes: [UInt8]) -> ResponseHead {
  let reading = Reading(bytes, cut: [bytes.indices], limit: bytes.count, isResponse: false)
  guard reading.head == bytes, let response = try? ResponseHead(bytes) else { fatalError("no head: \(bytes)") }
  return response
}

private func requireSound(_ fields: [HeaderField]) {
  for field in fields {
    require(!field.name.isEmpty, "a field without a name")
    require(!(field.name + field.value).contains { [0x00, 0x0A, 0x0D].contains($0) }, "\(field)")
  }
}
