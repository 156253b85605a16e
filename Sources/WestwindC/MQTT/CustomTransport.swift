internal import CWestwind
internal import SystemPackage
internal import WestwindMQTT
internal import WestwindPlatform
internal import WestwindSockets

/// The transport that a program defines.
///
/// Sound as a whole: the functions are the program's, of the types that the header declares, and the client's structure is
/// valid as long as there is a connection.
@safe final class CustomTransport: MQTTTransportOperations {
  private let owner: UnsafeMutablePointer<mqtt_client>
  private let functions: westwind_custom_transport
  /// Two connected sockets on which nothing ever comes, for a transport without a descriptor.
  private var silence: [SocketDescriptor] = []
  private var isOpen = false

  init(_ owner: UnsafeMutablePointer<mqtt_client>) throws(MQTTError) {
    unsafe self.owner = owner
    functions = cw_find_custom_transport()
    guard unsafe functions.connect != nil, unsafe functions.write != nil, unsafe functions.write_msg != nil,
      unsafe functions.read != nil, unsafe functions.disconnect != nil
    else { throw .notSupported(symbol: "mqtt_client_custom_transport_connect") }
  }

  func connect(timeout: Timeout) throws(MQTTTransportError) -> SocketDescriptor {
    unsafe owner.pointee.transport.tcp.sock = -1
    try check(unsafe functions.connect(owner))
    isOpen = true
    if unsafe owner.pointee.transport.tcp.sock >= 0 {
      return unsafe SocketDescriptor(rawValue: owner.pointee.transport.tcp.sock)
    }
    do throws(Errno) {
      let (one, other) = try SocketDescriptor.pair()
      silence = [one, other]
      return one
    } catch {
      disconnect(timeout: .immediate)
      throw .connectionLost(error)
    }
  }

  func write(_ packets: RawSpan, timeout: Timeout) throws(MQTTTransportError) {
    try unsafe packets.withUnsafeBytes { (bytes) throws(MQTTTransportError) in
      // No packet is as long as that.
      let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
      try check(unsafe functions.write(owner, start, UInt32(bytes.count)))
    }
  }

  func write(
    _ packets: RawSpan, payload: RawSpan, remaining: Int, timeout: Timeout
  ) throws(MQTTTransportError) {
    try unsafe packets.withUnsafeBytes { (packets) throws(MQTTTransportError) in
      try unsafe payload.withUnsafeBytes { (payload) throws(MQTTTransportError) in
        // `msghdr` has pointers to bytes that may change, which writing does not.
        var parts = unsafe [
          iovec(iov_base: UnsafeMutableRawPointer(mutating: packets.baseAddress), iov_len: packets.count),
          iovec(iov_base: UnsafeMutableRawPointer(mutating: payload.baseAddress), iov_len: payload.count),
        ]
        let answer = unsafe parts.withUnsafeMutableBufferPointer { parts in
          var message = unsafe msghdr()
          unsafe message.msg_iov = parts.baseAddress
          unsafe message.msg_iovlen = parts.count
          return unsafe functions.write_msg(owner, &message)
        }
        try check(answer)
      }
    }
  }

  func read(into output: inout OutputRawSpan, timeout: Timeout) throws(MQTTTransportError) -> Int {
    let answer = unsafe output.withUnsafeMutableBytes { buffer, count in
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
      let answer = unsafe functions.read(
        owner, room.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(clamping: room.count),
        timeout != .immediate)
      // What says more than there was room for has put nothing there that could be trusted.
      guard answer <= room.count else { return -EIO }
      if answer > 0 { count += Int(answer) }
      return answer
    }
    if answer == -EAGAIN { throw .wouldBlock }
    try check(answer)
    guard answer > 0 else { throw .closed }
    return Int(answer)
  }

  func disconnect(timeout: Timeout) {
    guard isOpen else { return }
    isOpen = false
    _ = unsafe functions.disconnect(owner)
    for socket in silence { try? socket.close() }
    silence = []
  }

  private func check(_ answer: CInt) throws(MQTTTransportError) {
    guard answer >= 0 else { throw .connectionLost(Errno(negative: answer)) }
  }
}
