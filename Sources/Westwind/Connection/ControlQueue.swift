internal import WebSocketProtocol

/// Control frames that wait for the write side: one of a kind, the newest.
struct ControlQueue: ~Copyable {
  /// A control frame's payload.
  struct Body: Sendable {
    var bytes = InlineArray<125, UInt8>(repeating: 0)
    var count = 0
  }

  /// A payload of the connection's own: what is in a PING of its, or the code of a CLOSE.
  private struct ShortBody {
    private var bytes = InlineArray<8, UInt8>(repeating: 0)
    private let count: Int

    init(_ body: Body) {
      precondition(body.count <= 8, "a control frame of the connection's own is short")
      count = body.count
      for i in 0..<count { bytes[i] = body.bytes[i] }
    }

    var body: Body {
      var body = Body()
      body.count = count
      for i in 0..<count { body.bytes[i] = bytes[i] }
      return body
    }
  }

  /// RFC 6455 5.5.3: of several PINGs only the newest needs an answer.
  private var pong: Body?
  private var ping: ShortBody?
  private var close: ShortBody?

  /// Puts a PING, PONG or CLOSE in. A CLOSE that waits is not replaced: the first reason is the reason.
  mutating func put(_ opcode: Opcode, _ body: Body) {
    switch opcode {
    case .ping: ping = ShortBody(body)
    case .pong: pong = body
    default: if close == nil { close = ShortBody(body) }
    }
  }

  /// Takes the next frame out, CLOSE last.
  mutating func take() -> (opcode: Opcode, body: Body)? {
    if let body = pong {
      pong = nil
      return (.pong, body)
    }
    if let ping {
      self.ping = nil
      return (.ping, ping.body)
    }
    if let close {
      self.close = nil
      return (.close, close.body)
    }
    return nil
  }
}

extension ControlQueue.Body {
  init(_ payload: [UInt8]) {
    count = min(125, payload.count)
    for i in 0..<count { bytes[i] = payload[i] }
  }

  /// A CLOSE frame's payload.
  init(code: CloseCode) {
    self.init([UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)])
  }
}
