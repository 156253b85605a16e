import CWestwindOpenSSL
public import WebSocketProtocol
import WestwindTestSupport

extension ScriptedConnection {
  /// What the response to the client's request says of the subprotocol.
  public enum Subprotocol: Sendable {
    /// The first that the client offers; `mqtt` where it offers none.
    case offered
    /// No such field.
    case missing
    /// This, offered or not.
    case named(String)
  }

  /// Reads the client's request and answers it with 101.
  ///
  /// - Parameter behind: bytes that leave in the same segment as the response: the first frames.
  public func upgrade(_ subprotocol: Subprotocol = .offered, behind: [UInt8] = []) throws {
    try readRequest()
    guard let key = field("Sec-WebSocket-Key") else { throw TestSupportError("no WebSocket's request: \(request)") }
    var lines = [
      "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Accept: \(acceptValue(key))",
    ]
    switch subprotocol {
    case .offered: lines.append("Sec-WebSocket-Protocol: \(offeredSubprotocols.first ?? "mqtt")")
    case .missing: break
    case .named(let name): lines.append("Sec-WebSocket-Protocol: \(name)")
    }
    let head = lines.map { $0 + "\r\n" }.joined() + "\r\n"
    try writeRaw(Array(head.utf8) + behind)
  }

  /// Reads the client's request and refuses it, such as with `401 Unauthorized`.
  public func refuseUpgrade(_ status: String, fields: [String] = []) throws {
    try readRequest()
    let lines = ["HTTP/1.1 \(status)", "Content-Length: 0", "Connection: close"] + fields
    try writeRaw(Array((lines.map { $0 + "\r\n" }.joined() + "\r\n").utf8))
  }

  /// Reads the client's request into `request`; for an answer of the test's own.
  public func readRequest() throws {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      guard let byte = input.popFirst() else {
        guard try fill() else { throw TestSupportError("the client closed before its request was whole") }
        continue
      }
      head.append(byte)
    }
    request = String(decoding: head, as: UTF8.self)
  }

  /// The value of a field of the client's request.
  public func field(_ name: String) -> String? {
    request.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
      .map { String($0.dropFirst(name.utf8.count + 1).drop { $0 == " " }) }
  }

  /// What the client offers, the one it likes best first.
  public var offeredSubprotocols: [String] {
    (field("Sec-WebSocket-Protocol") ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }
  }

  /// Writes a frame, unmasked as a server's are.
  public func writeFrame(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) throws {
    try writeRaw(frame(opcode, payload, isFinal: isFinal))
  }

  /// Writes a PING, whose body says how many came before it.
  public func ping() throws {
    let body = Array("ping \(pingCount)".utf8)
    pingCount += 1
    lastPing = body
    try writeFrame(.ping, body)
  }

  /// Takes the next frame with data into `intake`, and deals with control frames on the way.
  ///
  /// - Returns: false at the client's CLOSE, and at the end of the stream.
  func fillFromFrame() throws -> Bool {
    while let (header, payload) = try readFrame() {
      switch header.opcode {
      case .ping:
        try writeFrame(.pong, payload)
      case .pong:
        pongs.append(payload)
      case .close:
        closeCode = payload.count >= 2 ? UInt16(payload[0]) << 8 | UInt16(payload[1]) : 1005
        return false
      case .binary, .continuation:
        if isInsideMessage || !header.isFinal || header.opcode == .continuation {
          violations.append("a packet in fragments")
        }
        isInsideMessage = !header.isFinal
        intake.stream += payload
        return true
      default:
        violations.append("a frame with opcode \(header.opcode.rawValue)")
        return true
      }
    }
    return false
  }

  private func readFrame() throws -> (FrameHeader, [UInt8])? {
    while true {
      let bytes = Array(input)
      var index = 0
      let header = try FrameHeader.read(bytes.span, from: &index)
      input = input.dropFirst(index)
      if let header {
        if header.maskingKey == nil { violations.append("a frame without a mask") }
        return (header, try readPayload(header))
      }
      guard try fill() else { return nil }
    }
  }

  private func readPayload(_ header: FrameHeader) throws -> [UInt8] {
    let count = Int(header.payloadLength)
    while input.count < count {
      guard try fill() else { throw TestSupportError("the client's stream ended inside a frame") }
    }
    var payload = Array(input.prefix(count))
    input = input.dropFirst(count)
    guard let key = header.maskingKey else { return payload }
    let keys = (0..<4).map { key[$0] }
    payload.withUnsafeMutableBufferPointer { payload in
      keys.withUnsafeBufferPointer { keys in
        for i in 0..<count { payload[i] ^= keys[i & 3] }
      }
    }
    return payload
  }

  func frame(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
    let header = FrameHeader(isFinal: isFinal, opcode: opcode, payloadLength: UInt64(payload.count))
    var bytes = [UInt8](repeating: 0, count: header.encodedLength)
    var span = bytes.mutableSpan
    _ = header.encode(into: &span, at: 0)
    return bytes + payload
  }
}

/// What belongs to a key (RFC 6455 4.2.2), by OpenSSL's base64.
private func acceptValue(_ key: String) -> String {
  let input = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
  var digest = [UInt8](repeating: 0, count: 20)
  var length: UInt32 = 0
  EVP_Digest(input, input.count, &digest, &length, EVP_sha1(), nil)
  var text = [UInt8](repeating: 0, count: 29)
  let count = EVP_EncodeBlock(&text, digest, 20)
  return String(decoding: text.prefix(Int(count)), as: UTF8.self)
}
