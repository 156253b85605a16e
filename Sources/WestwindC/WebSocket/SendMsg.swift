// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import WebSocketProtocol
internal import Westwind
internal import WestwindSockets

@c @implementation
public func websocket_send_msg(
  _ ws_sock: CInt, _ payload: UnsafePointer<UInt8>?, _ payload_len: Int, _ opcode: websocket_opcode, _ mask: Bool,
  _ final: Bool, _ timeout: Int32
) -> CInt {
  outcome(of: .send) { () throws(WebSocketError) in
    guard opcode.rawValue <= 15 else {
      throw .invalidArgument(.frame(.reservedOpcode(UInt8(clamping: opcode.rawValue))))
    }
    guard let count = CInt(exactly: payload_len), count >= 0, unsafe payload != nil || count == 0 else {
      throw .invalidArgument(.emptyBuffer)
    }
    // Sound: the program says how many bytes there are, and they are read during the call only.
    let bytes = unsafe UnsafeRawBufferPointer(start: payload, count: payload_len)
    try unsafe WebSocketDescriptor(rawValue: ws_sock).sendMsg(
      bytes, opcode: Opcode(rawValue: UInt8(opcode.rawValue)), mask: mask, final: final,
      timeout: Timeout(milliseconds: timeout))
    return count
  }
}
