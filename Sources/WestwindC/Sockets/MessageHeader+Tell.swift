internal import CWestwind
internal import WestwindPlatform
internal import WestwindSockets

extension msghdr {
  /// Writes what is known of the frame as a control message, where there is room for it.
  mutating func tell(_ metadata: ReceivedMetadata) {
    unsafe msg_flags = 0
    guard metadata.type != 0 else {
      unsafe msg_controllen = 0
      return
    }
    let header = MemoryLayout<cmsghdr>.size
    let length = header + MemoryLayout<websocket_message_info>.size
    guard unsafe msg_control != nil, unsafe msg_controllen >= length else {
      unsafe msg_controllen = 0
      unsafe msg_flags = CInt(MSG_CTRUNC)
      return
    }
    // Sound: there is room for both, and on 64-bit Linux the data follow the header without a gap (CMSG_DATA).
    var message = cmsghdr()
    message.cmsg_len = length
    message.cmsg_level = SOL_WEBSOCKET
    message.cmsg_type = WEBSOCKET_MESSAGE_INFO
    unsafe msg_control.storeBytes(of: message, as: cmsghdr.self)
    unsafe msg_control.storeBytes(
      of: websocket_message_info(type: metadata.type, remaining: metadata.remaining), toByteOffset: header,
      as: websocket_message_info.self)
    unsafe msg_controllen = length
  }
}
