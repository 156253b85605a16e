/// Three runs of bytes that are one payload.
struct JoinedPayload: ~Escapable {
  let first: RawSpan
  let second: RawSpan
  let third: RawSpan

  @_lifetime(copy first, copy second, copy third)
  init(_ first: RawSpan, _ second: RawSpan, _ third: RawSpan) {
    self.first = first
    self.second = second
    self.third = third
  }

  var byteCount: Int { first.byteCount + second.byteCount + third.byteCount }

  /// The first `limit` bytes, of which there have to be more; of text a few less where a character would be cut.
  @_lifetime(copy self)
  func extracting(first limit: Int, isText: Bool) -> JoinedPayload {
    var end = limit
    while isText, end > limit - 3, isContinuation(byte(at: end)) { end -= 1 }
    return JoinedPayload(
      first.extracting(first: end), second.extracting(first: max(0, end - first.byteCount)),
      third.extracting(first: max(0, end - first.byteCount - second.byteCount)))
  }

  /// The second to fourth bytes of a character (RFC 3629 3).
  private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

  private func byte(at index: Int) -> UInt8 {
    var index = index
    for run in 0..<2 {
      let bytes = run == 0 ? first : second
      // Sound: any byte is a UInt8, and the load checks the index.
      if index < bytes.byteCount { return unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self) }
      index -= bytes.byteCount
    }
    return unsafe third.unsafeLoad(fromByteOffset: index, as: UInt8.self)
  }
}
