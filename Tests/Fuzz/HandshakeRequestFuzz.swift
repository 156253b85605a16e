// A caller's target, host, origin, header lines and subprotocols out of any bytes: they are refused, or the request
// says exactly this and nothing else, so no text can end a line or the head and put in one of its own.

import WebSocketProtocol

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var texts = Texts(UnsafeBufferPointer(start: data, count: count))
  let flags = texts.nextByte()
  let target = texts.next()
  let host = texts.next()
  let origin = flags & 1 == 0 ? nil : texts.next()
  let subprotocols = (0..<(flags >> 1 & 3)).map { _ in texts.next() }
  var fields: [HeaderField] = []
  while !texts.isEmpty {
    let line = texts.next()
    if flags & 8 == 0 {
      if let field = try? HeaderField(line: line) { fields.append(field) }
    } else {
      fields.append(HeaderField(name: line, value: texts.next()))
    }
  }
  guard let client = try? ClientHandshake(key: HandshakeKey(nonce: nonce.span), subprotocols: subprotocols),
    let request = try? client.request(target: target, host: host, origin: origin, fields: fields)
  else { return 0 }
  let head = request.opening + request.closing
  requireOneHead(head)
  guard let server = try? ServerHandshake(request: head) else { fatalError("a server refuses \(head)") }
  require(server.target == target, "target \(server.target)")
  require(server.subprotocols.starts(with: subprotocols), "subprotocols \(server.subprotocols)")
  require(server.fields.values(of: "host") == [host], "\(server.fields)")
  let written = 5 + (origin == nil ? 0 : 1) + (subprotocols.isEmpty ? 0 : 1)
  require(server.fields.count == fields.count + written, "\(server.fields)")
  let callers = server.fields[(origin == nil ? 1 : 2)...].prefix(fields.count)
  for (sent, seen) in zip(fields, callers) {
    require(sent.name == seen.name, "\(seen)")
    require(trimmed(sent.value) == seen.value, "\(seen)")
  }
  return 0
}

private let nonce = Array("the sample nonce".utf8)

/// Texts one behind another, each with a byte before it that says how long it is.
private struct Texts {
  private var bytes: [UInt8]

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes.reversed()
  }

  var isEmpty: Bool { bytes.isEmpty }

  mutating func nextByte() -> UInt8 { bytes.popLast() ?? 0 }

  mutating func next() -> [UInt8] {
    let count = min(Int(nextByte()), bytes.count)
    defer { bytes.removeLast(count) }
    return bytes.suffix(count).reversed()
  }
}

private func requireOneHead(_ bytes: [UInt8]) {
  var reader = HeadReader(limit: bytes.count)
  var index = 0
  let head = try? reader.read(bytes.span, from: &index)
  require(head == bytes, "the head ends at \(index) of \(bytes)")
}

private func trimmed(_ bytes: [UInt8]) -> [UInt8] {
  var bytes = bytes[...]
  while let first = bytes.first, [0x20, 0x09].contains(first) { bytes.removeFirst() }
  while let last = bytes.last, [0x20, 0x09].contains(last) { bytes.removeLast() }
  return Array(bytes)
}
