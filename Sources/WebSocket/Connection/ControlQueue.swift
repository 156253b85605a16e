internal import WebSocketProtocol

/// Control frames that wait for the write side: one of a kind, the newest.
struct ControlQueue: ~Copyable {
  /// A control frame's payload.
  struct Body: Sendable {
    var bytes = InlineArray<125, UInt8>(repeating: 0)
    var count = 0
  }

  /// RFC 6455 5.5.3: of several PINGs only the newest needs an answer.
  private var pong: Body?
  private var ping: Body?
  private var close: Body?

  /// Puts a PING, PONG or CLOSE in. A CLOSE that waits is not replaced: the first reason is the reason.
  mutating func put(_ opcode: Opcode, _ body: Body) {
    switch opcode {
    case .ping: ping = body
    case .pong: pong = body
    default: if close == nil { close = body }
    }
  }

  /// Takes the next frame out, CLOSE last.
  mutating func take() -> (opcode: Opcode, body: Body)? {
    if let body = pong {
      pong = nil
      return (.pong, body)
    }
    if let body = ping {
      ping = nil
      return (.ping, body)
    }
    if let body = close {
      close = nil
      return (.close, body)
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
