// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CWestwind
internal import Westwind
internal import WestwindPlatform
internal import WestwindSockets

@c @implementation
public func westwind_context_foreach(_ callback: westwind_context_cb_t?, _ user_data: UnsafeMutableRawPointer?) -> CInt
{
  outcome(telling: nil) { () throws(CallFailure) in
    guard let callback = unsafe callback else { throw .argument("callback is NULL") }
    let contexts = websocketContexts()
    for context in contexts {
      unsafe context.withStructure { unsafe callback($0, user_data) }
    }
    return CInt(clamping: contexts.count)
  }
}

extension WebSocketContextInfo {
  /// Shows it to a callback, during which it is valid.
  fileprivate func withStructure(_ body: (UnsafePointer<westwind_context>) -> Void) {
    var memory = LentMemory()
    defer { memory.free() }
    var structure = unsafe westwind_context()
    unsafe structure.ws = descriptor.rawValue
    unsafe structure.sock = socket.rawValue
    unsafe structure.is_server = role == .server
    unsafe structure.is_closing = state == .closing
    unsafe structure.has_failed = state == .failed
    if let subprotocol { unsafe structure.subprotocol = memory.string(subprotocol) }
    unsafe structure.frames_sent = framesSent
    unsafe structure.frames_received = framesReceived
    unsafe structure.bytes_sent = bytesSent
    unsafe structure.bytes_received = bytesReceived
    unsafe (structure.local, structure.local_length) = memory.address(local)
    unsafe (structure.peer, structure.peer_length) = memory.address(peer)
    unsafe body(&structure)
  }
}

extension LentMemory {
  /// NULL for none.
  fileprivate mutating func address(_ address: SocketAddress?) -> (UnsafePointer<sockaddr>?, socklen_t) {
    guard let address else { return (nil, 0) }
    let (bytes, count) = unsafe address.withPointer { own, count in
      // Sound: the address says how long it is.
      unsafe (Array(UnsafeRawBufferPointer(start: own, count: Int(count))), count)
    }
    // Allocated memory is aligned for every structure.
    return unsafe (UnsafeRawPointer(self.bytes(bytes)).assumingMemoryBound(to: sockaddr.self), count)
  }
}
