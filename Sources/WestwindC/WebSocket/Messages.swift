// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import WebSocketProtocol
internal import Westwind
internal import WestwindPlatform
internal import WestwindSockets

// Sound in all: the program says how much memory there is with each pointer.

@c @implementation
public func westwind_peek_msg(
  _ ws: CInt, _ message_type: UnsafeMutablePointer<UInt32>?, _ remaining: UnsafeMutablePointer<UInt64>?,
  _ timeout: Int32
) -> CInt {
  outcome(of: .receive) { () throws(WebSocketError) in
    let message = try WebSocketDescriptor(rawValue: ws).peekMsg(timeout: Timeout(milliseconds: timeout))
    unsafe message_type?.pointee = message.type.rawValue
    unsafe remaining?.pointee = message.remaining
    return 0
  }
}

@c @implementation
public func westwind_recv_message(
  _ ws: CInt, _ buf: UnsafeMutablePointer<UInt8>?, _ buf_len: Int, _ message_type: UnsafeMutablePointer<UInt32>?,
  _ timeout: Int32
) -> CInt {
  outcome(of: .receive) { () throws(WebSocketError) in
    guard let buf = unsafe buf, buf_len != 0 else { throw .invalidArgument(.emptyBuffer) }
    let room = unsafe UnsafeMutableRawBufferPointer(start: buf, count: Int(CInt(clamping: UInt(bitPattern: buf_len))))
    let ws = WebSocketDescriptor(rawValue: ws)
    let limit = min(try ws.messageLimit(), room.count)
    let message = try ws.receiveMessage(maxSize: limit, timeout: Timeout(milliseconds: timeout))
    let (type, count) = unsafe message.copy(to: room)
    unsafe message_type?.pointee = type.union(.final).rawValue
    return CInt(count)
  }
}

extension WebSocketMessage {
  /// Copies the message's bytes. They fit: a control frame's are cut to.
  fileprivate func copy(to room: UnsafeMutableRawBufferPointer) -> (MessageType, Int) {
    switch self {
    case .text(let text): unsafe (.text, text.utf8.copy(atMost: room))
    case .binary(let bytes): unsafe (.binary, bytes.copy(atMost: room))
    case .close(let status): unsafe (.close, status.body.copy(atMost: room))
    case .ping(let bytes): unsafe (.ping, bytes.copy(atMost: room))
    case .pong(let bytes): unsafe (.pong, bytes.copy(atMost: room))
    }
  }
}

extension Collection<UInt8> {
  fileprivate func copy(atMost room: UnsafeMutableRawBufferPointer) -> Int {
    let count = Swift.min(self.count, room.count)
    unsafe room.copyBytes(from: prefix(count))
    return count
  }
}

extension CloseStatus {
  /// The payload of the CLOSE frame (RFC 6455 5.5.1).
  fileprivate var body: [UInt8] {
    code == .noStatus ? [] : [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xFF)] + Array(reason.utf8)
  }
}

@c @implementation
public func westwind_disconnect(
  _ ws: CInt, _ code: UInt16, _ reason: UnsafePointer<CChar>?, _ timeout: Int32,
  _ close: UnsafeMutablePointer<westwind_close>?
) -> CInt {
  outcome(telling: nil) { () throws(CallFailure) in
    let reason = try unsafe text(reason, "reason") ?? ""
    let status = try asCallFailure { () throws(WebSocketError) in
      try websocketDisconnect(
        WebSocketDescriptor(rawValue: ws), code: code == 0 ? nil : CloseCode(rawValue: code), reason: reason,
        timeout: Timeout(milliseconds: timeout, byDefault: .close))
    }
    unsafe close?.tell(status)
    return 0
  }
}

@c @implementation
public func westwind_close_status(_ ws: CInt, _ close: UnsafeMutablePointer<westwind_close>?) -> CInt {
  outcome(telling: nil) { () throws(CallFailure) in
    guard let close = unsafe close else { throw .argument("close is NULL") }
    let status = try asCallFailure { () throws(WebSocketError) in try WebSocketDescriptor(rawValue: ws).closeStatus() }
    unsafe close.tell(status)
    return 0
  }
}

extension UnsafeMutablePointer<westwind_close> {
  fileprivate func tell(_ status: CloseStatus?) {
    unsafe pointee = westwind_close()
    unsafe pointee.code = status?.code.rawValue ?? 0
    unsafe withUnsafeMutableBytes(of: &pointee.reason) { unsafe (status?.reason ?? "").copy(to: $0) }
  }
}
