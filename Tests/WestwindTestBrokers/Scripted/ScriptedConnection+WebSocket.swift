public import WebSocketProtocol
import WestwindTestPeer
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
    let head = HTTPHead(text: request)
    guard !head.accept.isEmpty else { throw TestSupportError("no WebSocket's request: \(request)") }
    var lines = head.acceptanceLines
    switch subprotocol {
    case .offered: lines.append("Sec-WebSocket-Protocol: \(offeredSubprotocols.first ?? "mqtt")")
    case .missing: break
    case .named(let name): lines.append("Sec-WebSocket-Protocol: \(name)")
    }
    try writeRaw(Array(response(lines).utf8) + behind)
  }

  /// Reads the client's request and refuses it, such as with `401 Unauthorized`.
  public func refuseUpgrade(_ status: String, fields: [String] = []) throws {
    try readRequest()
    let lines = ["HTTP/1.1 \(status)", "Content-Length: 0", "Connection: close"] + fields
    try writeRaw(Array(response(lines).utf8))
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
    HTTPHead(text: request).value(name)
  }

  /// What the client offers, the one it likes best first.
  public var offeredSubprotocols: [String] {
    (field("Sec-WebSocket-Protocol") ?? "").split(separator: ",").map { String($0.drop { $0 == " " }) }
  }

  /// Writes a frame, unmasked as a server's are.
  public func writeFrame(_ opcode: Opcode, _ payload: [UInt8], isFinal: Bool = true) throws {
    try writeRaw(Frame(opcode, payload, isFinal: isFinal).bytes)
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
    while let frame = try readFrame() {
      switch frame.opcode {
      case .ping:
        try writeFrame(.pong, frame.payload)
      case .pong:
        pongs.append(frame.payload)
      case .close:
        closeCode = frame.closeCode ?? 1005
        return false
      case .binary, .continuation:
        if isInsideMessage || !frame.isFinal || frame.opcode == .continuation {
          violations.append("a packet in fragments")
        }
        isInsideMessage = !frame.isFinal
        intake.stream += frame.payload
        return true
      default:
        violations.append("a frame with opcode \(frame.opcode.rawValue)")
        return true
      }
    }
    return false
  }

  private func readFrame() throws -> Frame? {
    while true {
      if let frame = try Frame(takingFrom: &input) {
        if !frame.isMasked { violations.append("a frame without a mask") }
        return frame
      }
      guard try fill() else {
        guard input.isEmpty else { throw TestSupportError("the client's stream ended inside a frame") }
        return nil
      }
    }
  }
}
